import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadPyodide } from 'pyodide';
import { benchTicks } from '../../core/test/python/bench-ticks.ts';
import type { Figure } from './figure.ts';

/** The promise is about volley; the other demo games show that it is no exception. */
const GAMES = ['volley', 'kitchen'];

/** Told, since Pyodide looks for its files by its stack trace, which source maps change. */
const indexURL = dirname(fileURLToPath(import.meta.resolve('pyodide')));

/** PERF-1 and PERF-2: what rollbacks and ticks cost beside bare steps, in Pyodide under Node. */
export async function measureTicks(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const game of GAMES) {
    const source = readFileSync(join('demos', 'games', `${game}.py`), 'utf8');
    const costs = await benchTicks({ loadPyodide, indexURL }, source);
    const suffix = game === GAMES[0] ? '' : `/${game}`;
    const detail = {
      game,
      tier: costs.tier,
      bare_step_us: round(costs.bare_step),
      rollback_8_us: round(costs.rollback_8),
      tick_us: round(costs.tick),
      tick_with_row_us: round(costs.tick_with_row),
    };
    figures.push(
      { id: `PERF-1${suffix}`, value: costs.perf_1, goal: 1.5, unit: 'ratio', detail },
      { id: `PERF-2${suffix}`, value: costs.perf_2, goal: 2, unit: 'ratio', detail },
    );
  }
  return figures;
}

const round = (microseconds: number): number => Number(microseconds.toPrecision(4));
