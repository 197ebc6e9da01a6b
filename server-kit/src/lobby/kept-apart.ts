/**
 * Pairs of participants whose connection was too slow, for a while (LOB-6). Networks change, and
 * two who are the only ones waiting should get another chance.
 */
export class KeptApart {
  /** By pair: until when, server clock, ms. */
  private readonly until = new Map<string, number>();

  add(a: string, b: string, until: number): void {
    this.until.set(keyOf(a, b), until);
  }

  has(a: string, b: string, now: number): boolean {
    return (this.until.get(keyOf(a, b)) ?? 0) > now;
  }

  /** Forgets what is over. */
  prune(now: number): void {
    for (const [key, until] of this.until) if (until <= now) this.until.delete(key);
  }

  get size(): number {
    return this.until.size;
  }
}

const keyOf = (a: string, b: string): string => JSON.stringify(a < b ? [a, b] : [b, a]);
