import { Server as HttpsServer } from 'node:https';
import express from 'express';
import { readPackagesFolder } from './assets/packages-folder.ts';
import { PyodideFolder } from './assets/pyodide-folder.ts';
import { assetRouter, pluginPythonFile } from './assets/router.ts';
import { Origins } from './auth/origins.ts';
import { Tokens } from './auth/tokens.ts';
import { systemClock as clock } from './clock.ts';
import { exportRouter } from './export/router.ts';
import { httpApi } from './http-api.ts';
import { createLimits } from './limits.ts';
import { Lobby } from './lobby/lobby.ts';
import { Presence } from './lobby/presence.ts';
import { RttMeter } from './lobby/rtt-meter.ts';
import { Settlement } from './lobby/settlement.ts';
import { resolveOptions, type AttachOptions } from './options.ts';
import type { CotrialStats } from './stats.ts';
import { metricsRouter } from './metrics.ts';
import { Relay } from './relay/relay.ts';
import { SignalingServer } from './signaling/signaling-server.ts';
import { SocketServer } from './sockets/socket-server.ts';
import { Uploads } from './sockets/uploads.ts';
import { closeDatabase, openDatabase } from './store/database.ts';
import { MatchStore } from './store/match-store.ts';
import { ParticipantStore } from './store/participant-store.ts';
import { RecordStore } from './store/record-store.ts';
import { matchVerdict, mayBeCut } from './store/verdict.ts';
import { refuseUpgrade, routeUpgrades } from './upgrade-router.ts';

export interface CotrialHandle {
  /** Where the kit lives on the host's server. */
  readonly path: string;
  /** `http://localhost:PORT`, or null while the host's server does not listen on a port. */
  readonly url: string | null;
  readonly researcherKey: string;
  stats(): CotrialStats;
  /**
   * Admits nobody any more, tells the connected pages, closes sockets and database. The host's
   * server stays open. May be called twice.
   */
  close(): Promise<void>;
}

/**
 * Attaches Cotrial to an existing Express app and its HTTP server: everything it does is under
 * `path`, and the host's own routes, Socket.IO and WebSockets stay as they are.
 *
 * @throws if the database cannot be opened, or the packages not served.
 */
export function attachCotrial(options: AttachOptions): CotrialHandle {
  const { app, server } = options;
  const resolved = resolveOptions(options);
  const { path, dataFile, researcherKey, ice, timings, log, matchmaker } = resolved;
  const packages =
    resolved.packagesDir === null
      ? null
      : readPackagesFolder(resolved.packagesDir, resolved.pyodideDir);

  const database = openDatabase(dataFile);
  const participants = new ParticipantStore(database);
  const matches = new MatchStore(database);
  const records = new RecordStore(database);
  const tokens = new Tokens(participants.tokenSecret());
  const origins = new Origins(resolved.origins);
  const limits = createLimits();

  const presence = new Presence(clock);
  const meter = new RttMeter(clock, presence, timings.rttIntervalMs);
  const settlement = new Settlement(
    clock,
    (matchId) => matchVerdict(matches, records, matchId),
    (matchId) => mayBeCut(matches, records, matchId),
  );
  const signalingPath = `${path}/signaling`;
  const lobby = new Lobby({
    clock,
    timings,
    presence,
    store: matches,
    matchmaker,
    log,
    ice,
    signalingPath,
    maxP2pRttMs: resolved.maxP2pRttMs,
    settlement,
    rtt: (participant) => meter.rtt(participant),
  });
  const uploads = new Uploads({
    clock,
    lobby,
    matches,
    records,
    settlement,
    settleTimeoutMs: timings.settleTimeoutMs,
    completionCodes: resolved.completionCodes,
  });
  const relay = new Relay(lobby, presence, limits);
  lobby.restore((participant) => participants.session(participant));

  const shared = { clock, log, limits, origins, tokens, participants, presence, lobby };
  const socketPath = `${path}/socket.io`;
  const sockets = new SocketServer(socketPath, { ...shared, relay, uploads, meter });
  const signaling = new SignalingServer(signalingPath, server, {
    origins,
    limiter: limits.signals,
    log,
    peer: (id) => lobby.peer(id),
  });

  const stats = (): CotrialStats => ({
    connected: presence.connected,
    waiting: lobby.waiting,
    matches: lobby.running.map((match) => ({
      match_id: match.id,
      state: match.state,
      relayed_inputs: match.relayed,
      dropped_inputs: match.dropped,
    })),
    relayed_inputs: relay.relayed,
    dropped_inputs: relay.dropped,
    dropped_signals: signaling.dropped,
  });
  let closing: Promise<void> | null = null;
  const stopRouting = routeUpgrades(
    server,
    new Map([
      [socketPath, (request, socket, head) => sockets.upgrade(request, socket, head)],
      [
        `${signalingPath}/peerjs`,
        (request, socket, head) => signaling.upgrade(request, socket, head),
      ],
      [path, (_request, socket) => refuseUpgrade(socket, 404)],
    ]),
  );
  const pyodide = new PyodideFolder(resolved.pyodideDir, log, packages, pluginPythonFile());
  const router = express.Router();
  router.use('/socket.io', (request, response) => {
    request.url = request.originalUrl;
    sockets.request(request, response);
  });
  router.use(metricsRouter(stats));
  router.use('/export', exportRouter({ dataFile, researcherKey, log }));
  router.use(assetRouter(pyodide, log));
  router.use(httpApi({ ...shared, closing: () => closing !== null }));
  app.use(path, (request, response, next) => {
    if (closing === null) router(request as express.Request, response as express.Response, next);
    else next();
  });

  const address = (): string | null => {
    const bound = server.address();
    if (bound === null || typeof bound === 'string') return null;
    return `${server instanceof HttpsServer ? 'https' : 'http'}://localhost:${bound.port}`;
  };
  const announce = (): void => {
    const url = address();
    if (url !== null) log.info(`Cotrial is ready at ${url}`);
  };
  if (resolved.keyIsNew) {
    log.info(`Researcher key (set COTRIAL_RESEARCHER_KEY to keep one): ${researcherKey}`);
  }
  if (server.listening) announce();
  else server.once('listening', announce);

  const shutDown = async (): Promise<void> => {
    server.off('listening', announce);
    presence.broadcast('closing', { reason: 'The server is closing.' });
    signaling.close();
    await Promise.all([sockets.close(), pyodide.close()]);
    stopRouting();
    meter.close();
    lobby.close();
    closeDatabase(dataFile, database);
  };
  return {
    path,
    get url() {
      return address();
    },
    researcherKey,
    stats,
    close: () => (closing ??= shutDown()),
  };
}
