import express, { type NextFunction, type Request, type Response, type Router } from 'express';
import { JoinRequest, LeaveRequest, readMessage } from '@cotrial/core/contract';
import type { Origins } from './auth/origins.ts';
import type { Tokens } from './auth/tokens.ts';
import type { Clock } from './clock.ts';
import { MAX_BODY_BYTES, type Limits } from './limits.ts';
import type { Lobby } from './lobby/lobby.ts';
import type { Log } from './log.ts';
import { Refusal } from './refusal.ts';
import type { ParticipantStore } from './store/participant-store.ts';

export interface HttpParts {
  clock: Clock;
  log: Log;
  limits: Limits;
  origins: Origins;
  tokens: Tokens;
  participants: ParticipantStore;
  lobby: Lobby;
  closing(): boolean;
}

const STATUS: Record<string, number> = { unauthorized: 401, rate_limited: 429, closing: 503 };

/** `join` and `leave`, and whether the server lives and takes participants. */
export function httpApi(parts: HttpParts): Router {
  const router = express.Router();
  // `sendBeacon` sends text: it may carry no JSON type across origins.
  const body = [
    express.json({ limit: MAX_BODY_BYTES, strict: true }),
    express.text({ limit: MAX_BODY_BYTES, type: 'text/plain' }),
  ];

  const fail = (error: unknown, response: Response) => {
    if (error instanceof Refusal) {
      const { code, message } = error;
      response.status(STATUS[code] ?? 400).json({ error: { code, message } });
      return;
    }
    parts.log.error('A request failed.', { error: String(error) });
    response.status(500).json({ error: { code: 'internal', message: 'The server failed.' } });
  };
  const handle = (run: (body: unknown, request: Request) => Promise<object>) => {
    return (request: Request, response: Response) => {
      run(request.body, request).then(
        (answer) => response.set('Cache-Control', 'no-store').json(answer),
        (error: unknown) => fail(error, response),
      );
    };
  };

  const crossOrigin = (request: Request, response: Response, next: NextFunction) => {
    response.set('Vary', 'Origin');
    if (!parts.origins.allows(request)) {
      const message = 'Pages of this origin may not use this server: list it in `origins`.';
      response.status(403).json({ error: { code: 'foreign_origin', message } });
      return;
    }
    const { origin } = request.headers;
    if (origin !== undefined) response.set('Access-Control-Allow-Origin', origin);
    if (request.method !== 'OPTIONS') {
      next();
      return;
    }
    response.set('Access-Control-Allow-Methods', 'POST');
    response.set('Access-Control-Allow-Headers', 'Content-Type');
    response.status(204).end();
  };
  router.use(['/join', '/leave'], crossOrigin);

  router.post(
    '/join',
    body,
    handle(async (given, request) => {
      if (parts.closing()) throw new Refusal('closing', 'The server is closing: come back later.');
      if ((await parts.limits.joins.take(request.ip ?? '')) !== 'ok') {
        throw new Refusal('rate_limited', 'Too many participants from one address: wait a minute.');
      }
      const read = readMessage(JoinRequest, given);
      if (!read.ok) throw new Refusal(read.error.code, read.error.message);
      const holder = parts.participants.join(read.message.participant, parts.clock.now());
      return { token: await parts.tokens.sign(holder), participant: holder.participant };
    }),
  );
  router.post(
    '/leave',
    body,
    handle(async (given) => {
      const read = readMessage(LeaveRequest, typeof given === 'string' ? fromText(given) : given);
      if (!read.ok) throw new Refusal(read.error.code, read.error.message);
      const { participant, session } = await parts.tokens.read(read.message.token);
      // An older tab that closes says nothing about the newer one.
      if (session === parts.participants.session(participant)) {
        parts.lobby.leave(participant, 'left', 'Closed the page.');
      }
      return {};
    }),
  );

  router.get('/livez', (_request, response) => void response.json({ ok: true }));
  router.get('/readyz', (_request, response) => {
    const ok = !parts.closing();
    response.status(ok ? 200 : 503).json({ ok });
  });

  // Bodies that are too long or no JSON: the parsers' errors, with their status.
  router.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    const status = (error as { status?: unknown } | null)?.status;
    if (typeof status !== 'number' || status >= 500 || response.headersSent) {
      next(error);
      return;
    }
    const code = status === 413 ? 'too_large' : 'bad_request';
    response.status(status).json({ error: { code, message: 'The body cannot be read.' } });
  });
  return router;
}

function fromText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
