import type { PlayerIndex } from '../contract/index.ts';
import type { SessionEvent } from '../rollback/session.ts';

type Mismatch = Extract<SessionEvent, { kind: 'desync' }>;

/** What is said of a match that ended because its players' games differed. */
export interface DesyncCause {
  /** Agent whose game differed from all others, where most agree against one; else null. */
  by: string | null;
  message: string;
}

/** Remembers the newest frame on which the players' checksums differed. */
export class DesyncReport {
  private newest: Mismatch[] = [];

  constructor(
    private readonly agents: readonly string[],
    private readonly local: PlayerIndex,
  ) {}

  add(mismatch: Mismatch): void {
    const last = this.newest[0];
    const same = last?.episode === mismatch.episode && last.frame === mismatch.frame;
    if (!same) this.newest = [];
    this.newest.push(mismatch);
  }

  /** @param left players who are in the match no more */
  cause(left: ReadonlySet<PlayerIndex>): DesyncCause {
    const [one] = this.newest;
    if (one === undefined) {
      return { by: null, message: 'The games of the players ended on different frames.' };
    }
    const { episode, frame, local } = one;
    const theirs = this.newest.map(
      ({ player, remote }) => `${remote} of ${this.agents[player] ?? player}`,
    );
    const message =
      `The games of the players differed after frame ${frame} of episode ${episode}: ` +
      `checksum ${local} of ${this.agents[this.local]}, ${theirs.join(', ')}.`;
    return { by: this.odd(left), message };
  }

  /** Of two who differ nobody can say which is wrong. */
  private odd(left: ReadonlySet<PlayerIndex>): string | null {
    const checksums = new Map<PlayerIndex, string>();
    for (let player = 0; player < this.agents.length; player++) {
      if (!left.has(player)) checksums.set(player, this.newest[0]!.local);
    }
    for (const { player, remote } of this.newest) checksums.set(player, remote);
    const values = [...checksums.values()];
    const alone = [...checksums].filter(([, one]) => values.filter((x) => x === one).length === 1);
    const [odd] = alone;
    if (odd === undefined || alone.length > 1 || new Set(values).size > 2) return null;
    return this.agents[odd[0]] ?? null;
  }
}
