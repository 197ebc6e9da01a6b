import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, extname, join } from 'node:path';
import express, { type Response, type Router } from 'express';
import type { Log } from '../log.ts';

const resolveFrom = createRequire(import.meta.url);
const pluginFolder = () =>
  join(dirname(resolveFrom.resolve('@cotrial/plugin-multiplayer-pyodide/package.json')), 'dist');
const jspsychFolder = () => dirname(dirname(resolveFrom.resolve('jspsych')));

/** The interpreter that comes with the kit. */
export const pyodidePackageFolder = (): string =>
  dirname(resolveFrom.resolve('pyodide/package.json'));

/** Name under `<path>/assets/`, and the file behind it. */
const FILES: Record<string, () => string> = {
  'plugin.js': () => join(pluginFolder(), 'index.browser.min.js'),
  'jspsych.js': () => join(jspsychFolder(), 'dist', 'index.browser.min.js'),
  'jspsych.css': () => join(jspsychFolder(), 'css', 'jspsych.css'),
};

/** A module or WebAssembly of another type is refused by browsers. */
const TYPES: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
  '.css': 'text/css; charset=utf-8',
  '.zip': 'application/zip',
  '.whl': 'application/octet-stream',
};

/**
 * Everybody may load these from anywhere: they are public, and experiments are often hosted
 * elsewhere. They keep their names when they change, so caches ask again and get 304.
 */
function setHeaders(response: Response, file: string): void {
  response.set('Access-Control-Allow-Origin', '*');
  response.set('Cross-Origin-Resource-Policy', 'cross-origin');
  response.set('Cache-Control', 'public, no-cache');
  const type = TYPES[extname(file)];
  if (type !== undefined) response.set('Content-Type', type);
}

/** Everything that a participant's page loads: plugin, jsPsych, Pyodide. */
export function assetRouter(pyodideDir: string, log: Log): Router {
  if (!existsSync(join(pyodideDir, 'pyodide.mjs'))) {
    log.warn(`${pyodideDir} has no pyodide.mjs: set COTRIAL_PYODIDE_DIR to a Pyodide folder.`);
  }
  const router = express.Router();
  for (const [name, find] of Object.entries(FILES)) {
    router.get(`/assets/${name}`, (_request, response) => {
      const file = find();
      setHeaders(response, file);
      const options = { root: dirname(file), cacheControl: false };
      response.sendFile(basename(file), options, (error?: Error) => {
        if (error === undefined || error === null || response.headersSent) return;
        log.error(`${file} cannot be served: is it built (npm run build)?`);
        response.status(404).type('text').send(`${name} is not built on this server.\n`);
      });
    });
  }
  router.use(
    '/pyodide',
    express.static(pyodideDir, { index: false, redirect: false, cacheControl: false, setHeaders }),
  );
  return router;
}
