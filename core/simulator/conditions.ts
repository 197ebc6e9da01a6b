import type { LinkConditions, Scenario } from './scenario.ts';

/** A link on which nothing goes wrong. @param delay ms one way */
export const quietLink = (delay: number): LinkConditions => ({
  delay,
  jitter: 0,
  loss: 0,
  burstChance: 0,
  burstLength: 0,
  duplicated: 0,
});

/** A match in which nothing goes wrong, to be spoilt on purpose. Frame rate in Hz, delay in ms. */
export function quietMatch(players: number, fps: number, delay: number): Scenario {
  const seats = Array.from({ length: players }, (_, p) => p);
  return {
    seed: 1,
    session: {
      players,
      actionBytes: 1,
      defaultActions: seats.map(() => new Uint8Array(1)),
      fps,
      episodes: 1,
      maxSteps: null,
      matchSeed: 1,
      inputDelay: 2,
      prediction: 'repeat',
      checksumInterval: 30,
      onLeave: 'end',
    },
    endsOneIn: 0,
    links: seats.map(() => seats.map(() => quietLink(delay))),
    cuts: [],
    switches: [],
    freezes: [],
    slow: [],
    departures: [],
    corruptions: [],
    speeds: seats.map(() => 1),
    starts: seats.map(() => 0),
    saveCosts: seats.map(() => 0),
    restlessness: 0.1,
    rttKnown: false,
  };
}
