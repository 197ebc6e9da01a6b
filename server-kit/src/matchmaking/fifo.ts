import type { MatchContext, Matchmaker, Ticket } from './matchmaker.ts';

/** First come, first matched: whoever waits longest plays with those who wait longest after. */
export class FifoMatchmaker implements Matchmaker {
  readonly name = 'fifo';
  readonly version = 1;

  propose(pool: readonly Ticket[], { players }: MatchContext): string[][] {
    const ids = pool.map((ticket) => ticket.id);
    const groups: string[][] = [];
    for (let i = 0; i + players <= ids.length; i += players) groups.push(ids.slice(i, i + players));
    return groups;
  }
}
