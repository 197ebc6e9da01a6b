import type { Verification } from '@cotrial/core/contract';
import type { Clock } from '../clock.ts';

/** Lets a peer wait until its match's data are compared, or for as long as it is worth waiting. */
export class Settlement {
  private readonly waiting = new Map<string, Set<() => void>>();

  constructor(
    private readonly clock: Clock,
    private readonly verdict: (matchId: string) => Verification,
  ) {}

  /** A copy came or a player left: the verdict may be another now. */
  changed(matchId: string): void {
    for (const look of this.waiting.get(matchId) ?? []) look();
  }

  /** Resolves as soon as the verdict is not `pending`, at the latest after `timeoutMs`. */
  wait(matchId: string, timeoutMs: number): Promise<Verification> {
    const now = this.verdict(matchId);
    if (now !== 'pending') return Promise.resolve(now);
    return new Promise((resolve) => {
      const looks = this.waiting.get(matchId) ?? new Set();
      const done = (verdict: Verification) => {
        cancel();
        looks.delete(look);
        if (looks.size === 0) this.waiting.delete(matchId);
        resolve(verdict);
      };
      const look = () => {
        const verdict = this.verdict(matchId);
        if (verdict !== 'pending') done(verdict);
      };
      const cancel = this.clock.after(timeoutMs, () => done('pending'));
      looks.add(look);
      this.waiting.set(matchId, looks);
    });
  }
}
