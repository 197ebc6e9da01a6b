import { createHash } from 'node:crypto';
import type { EnterRequest } from '@cotrial/core/contract';
import type { Ticket } from '../matchmaking/matchmaker.ts';

/** A participant who waits, with what it wants to play. */
export interface PoolTicket extends Ticket {
  readonly request: EnterRequest;
  /** Tickets are compatible if these are equal. */
  readonly group: string;
  /** Why somebody who waits for the same game could not play with this one, or null. */
  mismatch: string | null;
  /** Ends the waiting when its time is over. */
  cancelTimeout: () => void;
  /** Ends the waiting when the participant does not come back; set while it is away. */
  cancelAbsence: (() => void) | null;
}

/**
 * What must be equal for two participants to play together: game, agents, environment and settings,
 * save the checksum interval, which is settled when they are matched.
 */
export function groupOf({ game, agents, environment_sha256, settings }: EnterRequest): string {
  const entries = Object.entries(settings)
    .filter(([name]) => name !== 'checksum_interval')
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify([game, agents, environment_sha256, entries]);
  return createHash('sha256').update(text).digest('hex');
}

/** What a participant is told who was kept apart from somebody. */
function mismatchOf(own: EnterRequest, other: EnterRequest): string {
  const [here, there] = [own.settings.pyodide_version, other.settings.pyodide_version];
  if (here !== there) {
    return `somebody waited with Pyodide ${there}, and this browser has Pyodide ${here}`;
  }
  return own.environment_sha256 === other.environment_sha256
    ? 'somebody waited for this game with other settings'
    : 'somebody waited with another version of this game';
}

/** Everybody who waits, by what they wait for. Tickets of a group stand in order of arrival. */
export class Pool {
  private readonly groups = new Map<string, PoolTicket[]>();
  private count = 0;

  get size(): number {
    return this.count;
  }

  groupKeys(): string[] {
    return [...this.groups.keys()];
  }

  tickets(group: string): readonly PoolTicket[] {
    return this.groups.get(group) ?? [];
  }

  /** At its place by waiting time, which may be older than others' after a dissolved match. */
  add(ticket: PoolTicket): void {
    const tickets = this.groups.get(ticket.group) ?? [];
    const later = tickets.findIndex((other) => other.waiting_since > ticket.waiting_since);
    tickets.splice(later === -1 ? tickets.length : later, 0, ticket);
    this.groups.set(ticket.group, tickets);
    this.count += 1;
  }

  /** Takes the ticket out and stops its timers. May be called twice. */
  remove(ticket: PoolTicket): void {
    ticket.cancelTimeout();
    ticket.cancelAbsence?.();
    ticket.cancelAbsence = null;
    const tickets = this.groups.get(ticket.group);
    const at = tickets?.indexOf(ticket) ?? -1;
    if (tickets === undefined || at === -1) return;
    tickets.splice(at, 1);
    this.count -= 1;
    if (tickets.length === 0) this.groups.delete(ticket.group);
  }

  /**
   * Writes the reason on the ticket, and on all others that wait for the same game with another
   * environment or other settings, if there are any.
   */
  markMismatches(ticket: PoolTicket): void {
    for (const [group, tickets] of this.groups) {
      const first = tickets[0]?.request;
      if (group === ticket.group || first?.game !== ticket.request.game) continue;
      ticket.mismatch ??= mismatchOf(ticket.request, first);
      for (const other of tickets) other.mismatch ??= mismatchOf(other.request, ticket.request);
    }
  }
}
