import type { MatchContext, Matchmaker, Ticket } from './matchmaker.ts';

/**
 * First come, first matched: whoever waits longest plays with those who wait longest after. Who is
 * to be kept apart from one of them joins the next group.
 */
export class FifoMatchmaker implements Matchmaker {
  readonly name = 'fifo';
  readonly version = 2;

  propose(pool: readonly Ticket[], { players, apart }: MatchContext): string[][] {
    const strangers = new Map<string, Set<string>>();
    for (const [a, b] of apart) {
      strangers.set(a, (strangers.get(a) ?? new Set()).add(b));
      strangers.set(b, (strangers.get(b) ?? new Set()).add(a));
    }
    const complete: string[][] = [];
    /** Oldest first. One at most, save for those who are kept apart. */
    const open: string[][] = [];
    for (const { id } of pool) {
      const others = strangers.get(id);
      let at = open.findIndex((group) => !group.some((other) => others?.has(other)));
      if (at === -1) at = open.push([]) - 1;
      const group = open[at]!;
      group.push(id);
      if (group.length === players) complete.push(...open.splice(at, 1));
    }
    return complete;
  }
}
