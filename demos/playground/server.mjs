/** The playground: `node demos/playground/server.mjs`. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import express from 'express';
import { attachCotrial } from '@cotrial/server-kit';
import { gameNamed, games } from './public/games.js';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const page = (name) => here(`./public/${name}.html`);

const app = express();
const server = createServer(app);

const turnUrls = process.env.COTRIAL_TURN_URLS;
const turnSecret = process.env.COTRIAL_TURN_SECRET;
const turn = turnUrls && turnSecret ? { urls: turnUrls.split(','), secret: turnSecret } : null;
const cotrial = attachCotrial({ app, server, ...(turn && { ice: { turn } }) });

app.get('/', (_request, response) => response.sendFile(page('index')));
for (const kind of ['play', 'side-by-side']) {
  app.get(`/${kind}/:game`, (request, response, next) => {
    if (gameNamed(request.params.game)) response.sendFile(page(kind));
    else next();
  });
}
for (const { name } of games) {
  app.get(`/games/${name}.py`, (_request, response) => {
    response.type('text/x-python').sendFile(here(`../games/${name}.py`));
  });
}
for (const name of ['html-button-response', 'survey-likert']) {
  const script = browserScript(`@jspsych/plugin-${name}`);
  app.get(`/playground/plugin-${name}.js`, (_request, response) => {
    response.type('text/javascript').send(script);
  });
}
app.use('/playground', express.static(here('./public'), { index: false }));
app.use((_request, response) => response.status(404).sendFile(page('not-found')));

server.listen(Number(process.env.PORT ?? 3000));

let closing = false;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    if (closing) return;
    closing = true;
    void close();
  });
}

async function close() {
  await cotrial.close();
  server.close();
  server.closeAllConnections();
}

/** A jsPsych plugin for script tags, without the source map's address on another server. */
function browserScript(name) {
  const folder = dirname(createRequire(import.meta.url).resolve(name));
  const script = readFileSync(join(folder, 'index.browser.min.js'), 'utf8');
  return script.replace(/^\/\/# sourceMappingURL=.*$/m, '');
}
