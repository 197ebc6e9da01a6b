import type { Impairment, ImpairmentCounts } from './impairment.ts';

/** A network between two players, as they would measure it. */
export interface Conditions {
  rtt_ms?: number;
  /** Share of the delay by which it varies up and down, 0 to 1. */
  jitter?: number;
  /** Share of packets from one player to the other that do not arrive, 0 to 1. */
  loss?: number;
}

/** What each of the two passes through the forwarder must do to a packet between two players. */
export function hopOf({ rtt_ms = 0, jitter = 0, loss = 0 }: Conditions) {
  const delay_ms = rtt_ms / 4;
  const hop = { delay_ms, jitter_ms: jitter * delay_ms, loss: 1 - Math.sqrt(1 - loss) };
  return hop satisfies Partial<Impairment>;
}

/** What was done between two looks. */
export function delta(after: ImpairmentCounts, before: ImpairmentCounts): ImpairmentCounts {
  const done = { ...after };
  for (const name of Object.keys(done) as (keyof ImpairmentCounts)[]) done[name] -= before[name];
  return done;
}
