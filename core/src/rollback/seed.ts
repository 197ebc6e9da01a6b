/**
 * Seed of an episode, an unsigned 32-bit integer: the match seed and the episode's number, mixed
 * by the finalizer of MurmurHash3, so that neighbouring episodes and matches share nothing.
 */
export function episodeSeed(matchSeed: number, episode: number): number {
  return mix(mix(matchSeed >>> 0) ^ Math.imul(episode + 1, 0x9e3779b1));
}

function mix(h: number): number {
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
