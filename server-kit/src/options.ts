import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { randomBytes } from 'node:crypto';
import { pyodidePackageFolder } from './assets/router.ts';
import type { IceOptions } from './ice/ice.ts';
import { consoleLog, type Log } from './log.ts';
import { FifoMatchmaker } from './matchmaking/fifo.ts';
import type { Matchmaker } from './matchmaking/matchmaker.ts';
import type { CompletionCodes } from './sockets/uploads.ts';
import { DEFAULT_TIMINGS, type Timings } from './timings.ts';

/** An Express 4 or 5 application, as far as the kit uses it. */
export interface HostApp {
  use(
    path: string,
    handler: (
      request: IncomingMessage,
      response: ServerResponse,
      next: (error?: unknown) => void,
    ) => void,
  ): unknown;
}

export interface AttachOptions {
  app: HostApp;
  /** The HTTP(S) server that serves `app`. The kit never calls its `listen` or `close`. */
  server: Server;
  /** Where everything of the kit lives, without a slash at its end. Default `/cotrial`. */
  path?: string;
  /** Database file. Default: `COTRIAL_DATA`, else `./cotrial.sqlite`. */
  dataFile?: string;
  /** Default: `COTRIAL_RESEARCHER_KEY`; if that is unset, one is made and printed at start. */
  researcherKey?: string;
  /** Folder of a Pyodide distribution. Default: `COTRIAL_PYODIDE_DIR`, else the npm package's. */
  pyodideDir?: string;
  /** Folder of Python packages that `cotrial vendor` filled. Default: none. */
  packagesDir?: string;
  /** Origins of experiments that are hosted elsewhere, beside the server's own. */
  origins?: readonly string[];
  /** Default: first come, first matched. */
  matchmaker?: Matchmaker;
  /**
   * Longest round trip between the players of a match, ms: each link is probed before the match
   * begins, and players with a slower one wait on for others. Default: no limit and no probe.
   */
  maxP2pRttMs?: number;
  /** STUN and TURN. Default: none, which is enough inside one network. */
  ice?: IceOptions;
  /** Code that a participant gets at the end, by outcome. */
  completionCodes?: CompletionCodes;
  /** Countdown of games for two and more, ms. Default 3,000. */
  countdownMs?: number;
  /** Other durations of the lobby. */
  timings?: Partial<Timings>;
  /** Default: the console. */
  log?: Log;
}

export interface ResolvedOptions {
  path: string;
  dataFile: string;
  researcherKey: string;
  /** The key was made here and must be told to the researcher. */
  keyIsNew: boolean;
  pyodideDir: string;
  packagesDir: string | null;
  origins: readonly string[];
  matchmaker: Matchmaker;
  maxP2pRttMs: number | null;
  ice: IceOptions;
  completionCodes: CompletionCodes;
  timings: Timings;
  log: Log;
}

/** An unset and an empty environment variable are the same. */
const fromEnvironment = (name: string): string | undefined => process.env[name] || undefined;

export function resolveOptions(options: AttachOptions): ResolvedOptions {
  const path = (options.path ?? '/cotrial').replace(/\/+$/, '');
  if (!path.startsWith('/')) {
    throw new TypeError(`path must begin with a slash and name a folder, not "${options.path}".`);
  }
  const key = options.researcherKey ?? fromEnvironment('COTRIAL_RESEARCHER_KEY');
  const timings = { ...DEFAULT_TIMINGS, ...options.timings };
  if (options.countdownMs !== undefined) timings.countdownMs = options.countdownMs;
  return {
    path,
    dataFile: options.dataFile ?? fromEnvironment('COTRIAL_DATA') ?? './cotrial.sqlite',
    researcherKey: key ?? randomBytes(24).toString('base64url'),
    keyIsNew: key === undefined,
    pyodideDir:
      options.pyodideDir ?? fromEnvironment('COTRIAL_PYODIDE_DIR') ?? pyodidePackageFolder(),
    packagesDir: options.packagesDir ?? null,
    origins: options.origins ?? [],
    matchmaker: options.matchmaker ?? new FifoMatchmaker(),
    maxP2pRttMs: options.maxP2pRttMs ?? null,
    ice: options.ice ?? {},
    completionCodes: options.completionCodes ?? {},
    timings,
    log: options.log ?? consoleLog,
  };
}
