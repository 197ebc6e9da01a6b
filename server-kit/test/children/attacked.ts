/** A host with the kit that tells its memory: it is attacked. */
import { createServer } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import express from 'express';
import { attachCotrial } from '@cotrial/server-kit';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const app = express();
const server = createServer(app);
const kit = attachCotrial({
  app,
  server,
  countdownMs: 0,
  log: { info: () => undefined, warn: () => undefined, error: console.error },
});
app.get('/memory', (_, response) => {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  response.json({ bytes: heapUsed + external, ...kit.stats() });
});
server.listen(0, '127.0.0.1', () => {
  console.log(`listening on ${(server.address() as { port: number }).port} now`);
});
