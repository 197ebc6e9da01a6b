import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import express, { type RequestHandler, type Router } from 'express';
import type { PlaygroundGame } from './game.ts';

/** Beside this file and beside the bundle; the command-line tool lies one folder deeper. */
const PAGES = ['./pages', '../pages']
  .map((folder) => fileURLToPath(new URL(folder, import.meta.url)))
  .find((folder) => existsSync(folder))!;
const page = (name: string) => ({ root: PAGES, file: `${name}.html` });

/**
 * The pages of a playground: `/`, `/play/<game>`, `/side-by-side/<game>`, `/check/<game>`, the
 * games' files, and a page for every address that is none of these. To be mounted last, at `/`.
 */
export function playgroundRouter(games: readonly PlaygroundGame[]): Router {
  const router = express.Router();
  const named = new Map(games.map((game) => [game.name, game]));
  const send = (name: string): RequestHandler => {
    const { root, file } = page(name);
    return (_request, response) => {
      response.sendFile(file, { root, cacheControl: false });
    };
  };
  router.get('/', send('index'));
  for (const kind of ['play', 'side-by-side', 'check']) {
    const sendPage = send(kind);
    router.get(`/${kind}/:game`, (request, response, next) => {
      const game = named.get(request.params.game);
      if (game === undefined || (kind === 'check' && game.findings === undefined)) next();
      else sendPage(request, response, next);
    });
  }
  router.get('/games/:file', (request, response, next) => {
    const game = named.get(request.params.file.replace(/\.py$/, ''));
    if (game === undefined) next();
    else sendFile(response, game.file, 'text/x-python; charset=utf-8');
  });
  router.get('/playground/pictures/:file', (request, response, next) => {
    const picture = named.get(request.params.file.replace(/\.svg$/, ''))?.picture;
    if (picture === undefined) next();
    else sendFile(response, picture, 'image/svg+xml');
  });
  const list = games.map(({ file: _file, picture, ...game }) => ({
    ...game,
    picture: picture === undefined ? null : `/playground/pictures/${game.name}.svg`,
  }));
  const script = `export default ${JSON.stringify(list)};\n`;
  router.get('/playground/list.js', (_request, response) => {
    response.set('Cache-Control', 'no-cache').type('text/javascript').send(script);
  });
  router.use('/playground', express.static(PAGES, { index: false, redirect: false }));
  const sendNotFound = send('not-found');
  router.use((request, response, next) => {
    response.status(404);
    sendNotFound(request, response, next);
  });
  return router;
}

/** A file at any place, also in folders that begin with a dot; saved changes show at once. */
function sendFile(response: express.Response, file: string, type: string): void {
  response.set('Cache-Control', 'no-cache').type(type);
  response.sendFile(file, { dotfiles: 'allow', cacheControl: false }, (error?: Error) => {
    if (error === undefined || error === null || response.headersSent) return;
    response.status(404).type('text').send(`${file} is not there any more.\n`);
  });
}
