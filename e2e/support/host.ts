import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import express from 'express';
import { attachCotrial, type AttachOptions } from '@cotrial/server-kit';
import { RESEARCHER_KEY } from './playground.ts';

const fixtures = fileURLToPath(new URL('../fixtures', import.meta.url));
const games = fileURLToPath(new URL('../../demos/games', import.meta.url));

/** A lab's own server with the kit attached, serving the test trial and the demo games. */
export interface Host {
  url: string;
  server: Server;
  kit: ReturnType<typeof attachCotrial>;
  /** Address of the test trial with these parameters. */
  trial(parameters: Record<string, unknown>): string;
  stop(): Promise<void>;
}

export async function startHost(
  options: Partial<AttachOptions> = {},
  /** What else the lab's server does, set up before the kit is attached. */
  before: (server: Server, app: express.Express) => void = () => undefined,
): Promise<Host> {
  const data = mkdtempSync(join(tmpdir(), 'cotrial-e2e-'));
  const app = express();
  const server = createServer(app);
  app.use('/fixtures', express.static(fixtures));
  app.use('/games', express.static(games));
  before(server, app);
  const kit = attachCotrial({
    app,
    server,
    dataFile: join(data, 'cotrial.sqlite'),
    researcherKey: RESEARCHER_KEY,
    ...options,
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    server,
    kit,
    trial: (parameters) =>
      `${url}/fixtures/trial.html?trial=${encodeURIComponent(JSON.stringify(parameters))}`,
    stop: async () => {
      await kit.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(data, { recursive: true, force: true });
    },
  };
}
