import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadPyodide } from 'pyodide';
import { benchTicks, type TickCosts } from '../../core/test/python/bench-ticks.ts';
import type { Figure } from './figure.ts';
import { ticksInChromium } from './ticks-in-chromium.ts';

const GAMES = ['volley', 'kitchen', 'commons', 'dilemma'];
/** All four; the games themselves are kept by the first. */
const TIERS = ['own_methods', 'snapshot', 'replay', 'lockstep'] as const;
const GOALS = { 'PERF-1': 1.5, 'PERF-2': 2 };

/** Told, since Pyodide looks for its files by its stack trace, which source maps change. */
const indexURL = dirname(fileURLToPath(import.meta.resolve('pyodide')));

/**
 * PERF-1 and PERF-2: what rollbacks and ticks cost beside bare steps, in Pyodide under Node, for
 * each demo game and, the worst of the games, for each tier; and for each game in Chromium. The
 * promise is about the worst game.
 */
export async function measureTicks(): Promise<Figure[]> {
  const measured: { game: string; costs: TickCosts }[] = [];
  const sources = Object.fromEntries(
    GAMES.map((game) => [game, readFileSync(join('demos', 'games', `${game}.py`), 'utf8')]),
  );
  for (const [game, source] of Object.entries(sources)) {
    const all = await benchTicks({ loadPyodide, indexURL }, source, TIERS);
    measured.push(...all.map((costs) => ({ game, costs })));
  }
  const inChromium = await ticksInChromium(indexURL, sources);
  const own = measured.filter(({ costs }) => costs.tier === TIERS[0]);
  return (['PERF-1', 'PERF-2'] as const).flatMap((id) => {
    const figure = (suffix: string, of: typeof measured): Figure[] => {
      const values = of.flatMap(
        ({ costs }) => (id === 'PERF-1' ? costs.perf_1 : costs.perf_2) ?? [],
      );
      if (values.length === 0) return [];
      const detail = Object.fromEntries(of.map(({ game, costs }) => [game, told(costs)]));
      const value = Math.max(...values);
      return [{ id: id + suffix, value, goal: GOALS[id], unit: 'ratio', detail }];
    };
    return [
      ...figure('', own),
      ...own.flatMap((one) => figure(`/${one.game}`, [one])),
      ...inChromium.flatMap((one) => figure(`/chromium-${one.game}`, [one])),
      ...TIERS.flatMap((tier) =>
        figure(
          `/${tier}`,
          measured.filter(({ costs }) => costs.tier === tier),
        ),
      ),
    ];
  });
}

/** `evaluated_step_us` is the pattern used elsewhere: a source text a frame, JSON out. */
const told = (costs: TickCosts): Record<string, unknown> => ({
  tier: costs.tier,
  bare_step_us: round(costs.bare_step),
  rollback_8_us: costs.rollback_8 === null ? null : round(costs.rollback_8),
  tick_us: round(costs.tick),
  tick_with_row_us: round(costs.tick_with_row),
  evaluated_step_us: round(costs.evaluated_step),
});

const round = (microseconds: number): number => Number(microseconds.toPrecision(4));
