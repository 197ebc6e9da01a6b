import type { Verification } from '@cotrial/core/contract';
import type { Clock } from '../clock.ts';

/** Lets a peer wait until its match's data are compared, or for as long as it is worth waiting. */
export class Settlement {
  private readonly waiting = new Map<string, Set<() => void>>();

  constructor(
    private readonly clock: Clock,
    private readonly verdict: (matchId: string) => Verification,
    /** Whether another copy would change what those who have one take as theirs. */
    private readonly open: (matchId: string) => boolean,
  ) {}

  /** A copy came or a player left: the verdict may be another now. */
  changed(matchId: string): void {
    for (const look of this.waiting.get(matchId) ?? []) look();
  }

  /** Resolves as soon as all that counts is here, at the latest after `timeoutMs`. */
  wait(matchId: string, timeoutMs: number): Promise<Verification> {
    if (this.settled(matchId)) return Promise.resolve(this.verdict(matchId));
    return new Promise((resolve) => {
      const looks = this.waiting.get(matchId) ?? new Set();
      const done = () => {
        cancel();
        looks.delete(look);
        if (looks.size === 0) this.waiting.delete(matchId);
        resolve(this.verdict(matchId));
      };
      const look = () => {
        if (this.settled(matchId)) done();
      };
      const cancel = this.clock.after(timeoutMs, done);
      looks.add(look);
      this.waiting.set(matchId, looks);
    });
  }

  private settled(matchId: string): boolean {
    return this.verdict(matchId) !== 'pending' && !this.open(matchId);
  }
}
