import { expect, it } from 'vitest';
import { ToyEnvironment } from '../../simulator/toy-environment.ts';
import { GameLoop } from '../../src/game/game-loop.ts';

class Timed extends ToyEnvironment {
  rate: number | null = null;

  override setRate(fps?: number): void {
    this.rate = fps ?? null;
  }
}

it('tells the environment how many frames of the match make a second', () => {
  const environment = new Timed({ players: 2, actionBytes: 1, endsOneIn: 0 });
  const settings = {
    fps: 24,
    episodes: 1,
    max_steps: 100,
    input_delay: 2,
    prediction: 'repeat',
    on_leave: 'end',
    on_desync: 'resync',
    checksum_interval: 8,
    environment_options: '{}',
    pyodide_version: 'none',
  } as const;
  const clock = { now: () => 0, after: () => () => undefined };
  new GameLoop(environment, 0, settings, 7, clock, () => undefined);
  expect(environment.rate).toBe(24);
});
