import { createServer, type Server } from 'node:http';
import express from 'express';
import { attachCotrial, type CotrialHandle } from '../attach.ts';
import type { AttachOptions } from '../options.ts';
import type { PlaygroundGame } from './game.ts';
import { playgroundRouter } from './pages-router.ts';

export interface PlaygroundOptions extends Omit<AttachOptions, 'app' | 'server' | 'path'> {
  games: readonly PlaygroundGame[];
  /** Default: `PORT`, else 3000; 0 picks a free one. */
  port?: number;
}

/** The port is taken, or may not be used. */
export class PortError extends Error {
  override readonly name = 'PortError';
}

export interface RunningPlayground {
  kit: CotrialHandle;
  /** Says good-bye to the connected pages, then closes everything. May be called twice. */
  close(): Promise<void>;
  /** Resolves once everything is closed, by whomever. */
  closed: Promise<void>;
}

/**
 * Serves games with the kit attached, each on pages to play it side by side or one by one, until
 * it is closed or the process gets SIGINT or SIGTERM.
 *
 * @throws PortError
 */
export async function runPlayground(options: PlaygroundOptions): Promise<RunningPlayground> {
  const { games, port = usualPort(), ...kitOptions } = options;
  const app = express();
  const server = createServer(app);
  const kit = attachCotrial({ ...turnOfEnvironment(), ...kitOptions, app, server });
  app.use(playgroundRouter(games));

  const shutDown = async (): Promise<void> => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
    await kit.close();
    server.close();
    server.closeAllConnections();
  };
  let settle: (closing: Promise<void>) => void = () => undefined;
  const closed = new Promise<void>((resolve) => (settle = resolve));
  let closing: Promise<void> | null = null;
  const close = () => {
    closing ??= shutDown();
    settle(closing);
    return closing;
  };
  const onSignal = () => void close();

  try {
    await listen(server, port);
  } catch (error) {
    await kit.close();
    throw error;
  }
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return { kit, close, closed };
}

/** A TURN server for pilots on two networks: COTRIAL_TURN_URLS and COTRIAL_TURN_SECRET. */
function turnOfEnvironment(): Pick<AttachOptions, 'ice'> {
  const { COTRIAL_TURN_URLS: urls, COTRIAL_TURN_SECRET: secret } = process.env;
  return urls && secret ? { ice: { turn: { urls: urls.split(','), secret } } } : {};
}

/** For programs that have much to do before they serve. @throws PortError */
export async function refuseTakenPort(port: number): Promise<void> {
  const server = createServer();
  await listen(server, port);
  await new Promise((resolve) => server.close(resolve));
}

/** @throws PortError */
function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException) => {
      reject(new PortError(portMessage(port, error), { cause: error }));
    };
    server.once('error', refuse);
    server.listen(port, () => {
      server.off('error', refuse);
      resolve();
    });
  });
}

/** The port that is asked for by nothing else. */
export const usualPort = (): number => Number(process.env.PORT || 3000);

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

function portMessage(port: number, { code, message }: NodeJS.ErrnoException): string {
  if (code === 'EADDRINUSE') {
    return `Port ${port} is in use by another program: choose another one, or 0 for any free one.`;
  }
  if (code === 'EACCES') return `Port ${port} may not be used: choose one from 1024 on.`;
  return `Port ${port} cannot be opened: ${message}`;
}
