import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import express, { type RequestHandler, type Response, type Router } from 'express';
import type { Log } from '../log.ts';
import { choosePacking, PackedFiles } from './packed.ts';
import type { PyodideFolder } from './pyodide-folder.ts';

const resolveFrom = createRequire(import.meta.url);
const pluginFolder = () =>
  join(dirname(resolveFrom.resolve('@cotrial/plugin-multiplayer-pyodide/package.json')), 'dist');
const jspsychFolder = () => dirname(dirname(resolveFrom.resolve('jspsych')));

/** The interpreter that comes with the kit. */
export const pyodidePackageFolder = (): string =>
  dirname(resolveFrom.resolve('pyodide/package.json'));

/** The plugin's own Python, as its build wrote it; null where there is no plugin. */
export function pluginPythonFile(): string | null {
  try {
    return join(pluginFolder(), 'python-files.json');
  } catch {
    return null;
  }
}

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
  '.marshal': 'application/octet-stream',
};

/** Content with its hash in the address never changes: browsers need not ask again. */
const FOREVER = 'public, max-age=31536000, immutable';

/**
 * Everybody may load these from anywhere: they are public, and experiments are often hosted
 * elsewhere. What keeps its name when it changes is asked for again, and answered by 304.
 */
function setHeaders(response: Response, file: string, caching = 'public, no-cache'): void {
  response.set('Access-Control-Allow-Origin', '*');
  response.set('Cross-Origin-Resource-Policy', 'cross-origin');
  response.set('Cache-Control', caching);
  const type = TYPES[extname(file)];
  if (type !== undefined) response.set('Content-Type', type);
}

/** Everything that a participant's page loads: plugin, jsPsych, Pyodide. */
export function assetRouter(pyodide: PyodideFolder, log: Log): Router {
  if (!existsSync(join(pyodide.dir, 'pyodide.mjs'))) {
    log.warn(`${pyodide.dir} has no pyodide.mjs: set COTRIAL_PYODIDE_DIR to a Pyodide folder.`);
  }
  const router = express.Router();
  const packed = new PackedFiles();
  for (const [name, find] of Object.entries(FILES)) {
    router.get(`/assets/${name}`, (request, response) => {
      const file = find();
      packed.read(file, choosePacking(request, response)).then(
        (bytes) => {
          setHeaders(response, file);
          response.send(bytes);
        },
        () => {
          log.error(`${file} cannot be served: is it built (npm run build)?`);
          response.removeHeader('Content-Encoding');
          response.status(404).type('text').send(`${name} is not built on this server.\n`);
        },
      );
    });
  }
  router.get('/pyodide/location.json', (_request, response, next) => {
    void pyodide.location().then((location) => {
      if (location === null) {
        next();
        return;
      }
      setHeaders(response, 'location.json', 'no-store');
      response.json(location);
    });
  });
  router.use('/pyodide/:edition', editionHandler(pyodide));
  router.use('/pyodide', packagesHandler(pyodide), filesOf(pyodide.dir));
  return router;
}

const filesOf = (folder: string, caching?: string): RequestHandler =>
  express.static(folder, {
    index: false,
    redirect: false,
    cacheControl: false,
    setHeaders: (response, file) => setHeaders(response, file, caching),
  });

/** The lab's own packages and their lock file, as if they lay in Pyodide's folder. */
function packagesHandler({ packages }: PyodideFolder, caching?: string): RequestHandler {
  if (packages === null) return (_request, _response, next) => next();
  const send = filesOf(packages.dir, caching);
  return (request, response, next) => {
    if (packages.files.has(decoded(request.path.slice(1)))) send(request, response, next);
    else next();
  };
}

/** Wheels may have a plus in their names. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** Files by addresses with the hash of their content: packed where that is prepared. */
function editionHandler(pyodide: PyodideFolder): RequestHandler {
  const fromDistribution = filesOf(pyodide.dir, FOREVER);
  const fromPackages = packagesHandler(pyodide, FOREVER);
  const asTheyCame: RequestHandler = (request, response, next) => {
    fromPackages(request, response, (error?: unknown) => {
      if (error === undefined) fromDistribution(request, response, next);
      else next(error);
    });
  };
  return (request, response, next) => {
    const name = request.path.slice(1);
    void pyodide.edition(String(request.params['edition'])).then((edition) => {
      if (edition === null) {
        next();
        return;
      }
      const vendored = pyodide.packages?.files.has(name) ?? false;
      const made = edition.made.get(name);
      if (made === undefined || vendored) {
        asTheyCame(request, response, next);
        return;
      }
      const packing = choosePacking(request, response);
      const root = made.isNew || packing !== null ? made.folder : pyodide.dir;
      setHeaders(response, name, FOREVER);
      const file = `${name}${packing?.ending ?? ''}`;
      response.sendFile(file, { root, cacheControl: false }, (error?: Error) => {
        if (error === undefined || error === null || response.headersSent) return;
        // Somebody cleared the folder of temporary files.
        response.removeHeader('Content-Encoding');
        asTheyCame(request, response, next);
      });
    });
  };
}
