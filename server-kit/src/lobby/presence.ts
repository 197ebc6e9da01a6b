import type { ServerToClient } from '@cotrial/core/contract';
import type { Clock } from '../clock.ts';

type Args<E extends keyof ServerToClient> = Parameters<ServerToClient[E]>;

/** What the lobby needs of a participant's connection. */
export interface Connection {
  readonly session: number;
  send<E extends keyof ServerToClient>(event: E, ...args: Args<E>): void;
  close(): void;
}

interface Entry {
  connection: Connection | null;
  /** Server clock; when the newest connection went, if it did. */
  since: number;
}

/** Who is connected. A participant has one connection: the newest takes the place of the others. */
export class Presence {
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly clock: Clock) {}

  get connected(): number {
    let count = 0;
    for (const entry of this.entries.values()) if (entry.connection !== null) count += 1;
    return count;
  }

  connect(participant: string, connection: Connection): void {
    const older = this.entries.get(participant)?.connection;
    this.entries.set(participant, { connection, since: this.clock.now() });
    older?.send('replaced');
    older?.close();
  }

  /** False if another connection has taken this one's place: then nobody has gone. */
  disconnect(participant: string, connection: Connection): boolean {
    const entry = this.entries.get(participant);
    if (entry?.connection !== connection) return false;
    entry.connection = null;
    entry.since = this.clock.now();
    return true;
  }

  /** Nothing waits for this participant: forgets when it went. */
  forget(participant: string): void {
    if (this.entries.get(participant)?.connection === null) this.entries.delete(participant);
  }

  connectionOf(participant: string): Connection | null {
    return this.entries.get(participant)?.connection ?? null;
  }

  isConnected(participant: string): boolean {
    return this.absence(participant) === 0;
  }

  /** How long the participant has been without a connection, ms; 0 while connected. */
  absence(participant: string): number {
    const entry = this.entries.get(participant);
    if (entry === undefined) return Infinity;
    return entry.connection === null ? Math.max(this.clock.now() - entry.since, 1) : 0;
  }

  /** To the participant, if connected now. What must arrive is repeated at reconnection. */
  send<E extends keyof ServerToClient>(participant: string, event: E, ...args: Args<E>): void {
    this.entries.get(participant)?.connection?.send(event, ...args);
  }

  broadcast<E extends keyof ServerToClient>(event: E, ...args: Args<E>): void {
    for (const entry of this.entries.values()) entry.connection?.send(event, ...args);
  }
}
