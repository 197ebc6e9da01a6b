import type { Socket } from 'socket.io';
import { type ServerError, readMessage } from '@cotrial/core/contract';
import { HOLD_MS, type Limiter } from '../limits.ts';
import type { Log } from '../log.ts';
import { Refusal } from '../refusal.ts';
import { holdBack, type Pausable } from './hold-back.ts';

type Schema = Parameters<typeof readMessage>[0];
type MessageOf<S extends Schema> = Extract<
  ReturnType<typeof readMessage<S>>,
  { ok: true }
>['message'];

const error = (code: string, message: string): { ok: false; error: ServerError } => ({
  ok: false,
  error: { code, message },
});

/**
 * Binds one kind of request to its handler: checked against its schema, answered once.
 * Whatever arrives, with or without an acknowledgement to call, throws nothing into the host.
 */
export function onRequest<S extends Schema>(
  { socket, participant, log }: RequestParts,
  name: string,
  schema: S,
  handle: (message: MessageOf<S>) => object | Promise<object>,
): void {
  const answer = async (message: unknown): Promise<object> => {
    const read = readMessage(schema, message);
    if (!read.ok) return read;
    try {
      return { ok: true, ...(await handle(read.message)) };
    } catch (cause) {
      if (cause instanceof Refusal) return error(cause.code, cause.message);
      log.error(`Handling "${name}" failed.`, { participant, error: String(cause) });
      return error('internal', 'The server failed; try again.');
    }
  };
  socket.on(name, (...args: unknown[]) => {
    void answer(args[0]).then(acknowledgement(args));
  });
}

/** What the sender gave to be called with the answer; nothing happens if it gave none. */
function acknowledgement(args: readonly unknown[]): (answer: object) => void {
  const last = args.at(-1);
  return typeof last === 'function' ? (last as (answer: object) => void) : () => undefined;
}

/** Reads nothing from this participant for a while. Polling is slow enough by itself. */
export function throttle(socket: Socket): void {
  const transport = socket.conn.transport as unknown as { name: string; socket?: Pausable };
  if (transport.name === 'websocket' && transport.socket !== undefined) {
    holdBack(transport.socket, HOLD_MS);
  }
}

/** Counts every event of a socket, known or not, save the relay's, which has limits of its own. */
export function limitMessages({ socket, participant }: RequestParts, limiter: Limiter): void {
  socket.use(([name, ...args], next) => {
    if (name === 'relay') {
      next();
      return;
    }
    void limiter.take(participant).then((rate) => {
      if (rate === 'ok') next();
      else if (rate === 'flood') socket.disconnect(true);
      else {
        throttle(socket);
        acknowledgement(args)(error('rate_limited', 'Too many messages: send fewer a second.'));
      }
    });
  });
}

export interface RequestParts {
  socket: Socket;
  participant: string;
  log: Log;
}
