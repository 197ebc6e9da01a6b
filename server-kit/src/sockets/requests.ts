import type { Socket } from 'socket.io';
import { type ServerError, readMessage } from '@cotrial/core/contract';
import type { Limits } from '../limits.ts';
import type { Log } from '../log.ts';
import { Refusal } from '../refusal.ts';

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
 * Binds one kind of request to its handler: counted, checked against its schema, answered once.
 * Whatever arrives, with or without an acknowledgement to call, throws nothing into the host.
 */
export function onRequest<S extends Schema>(
  { socket, participant, limits, log }: RequestParts,
  name: string,
  schema: S,
  handle: (message: MessageOf<S>) => object | Promise<object>,
): void {
  const answer = async (message: unknown): Promise<object> => {
    const rate = await limits.messages.take(participant);
    if (rate === 'flood') socket.disconnect(true);
    if (rate !== 'ok') return error('rate_limited', 'Too many messages: send fewer a second.');
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
    const last = args.at(-1);
    const reply = typeof last === 'function' ? (last as (answer: object) => void) : undefined;
    void answer(args[0]).then((result) => reply?.(result));
  });
}

export interface RequestParts {
  socket: Socket;
  participant: string;
  limits: Limits;
  log: Log;
}
