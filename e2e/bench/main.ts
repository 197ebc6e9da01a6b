/**
 * `npm run bench -- [--goals] [ID...]`: one JSON object a line on standard output for every figure, or for
 * those named (`PERF-4` names its other conditions, such as `PERF-4/8-players`, too). Progress goes
 * to standard error. The exit status is 0 if all could be measured, whatever the values are; with
 * `--goals`, only if every promised one, whose id is bare, meets its goal.
 */
import { measureBursts } from './engine-bursts.ts';
import { measureEngines } from './engine-comparison.ts';
import { measureDelays } from './engine-delay.ts';
import { measureLinkBytes } from './engine-link-bytes.ts';
import { meets, print, type Figure } from './figure.ts';
import { measureHealthy } from './healthy-match.ts';
import { measureImpaired } from './impaired-match.ts';
import { measureScript } from './script-size.ts';
import { measureTicks } from './ticks.ts';

/** What is measured together. One after the other: each has the machine for itself. */
const MEASUREMENTS: { ids: string[]; measure: () => Figure[] | Promise<Figure[]> }[] = [
  { ids: ['PERF-1', 'PERF-2'], measure: measureTicks },
  { ids: ['PERF-3'], measure: measureEngines },
  { ids: ['PERF-4'], measure: measureLinkBytes },
  { ids: ['ROLL-2'], measure: measureBursts },
  { ids: ['ROLL-7'], measure: measureDelays },
  { ids: ['PERF-5'], measure: measureScript },
  { ids: ['PERF-6', 'PERF-10', 'PERF-13'], measure: measureHealthy },
  { ids: ['PERF-11', 'PERF-12'], measure: measureImpaired },
];

const promised = (id: string): string => id.replace(/\/.*$/, '');

async function main(wanted: readonly string[], goals: boolean): Promise<boolean> {
  const known = MEASUREMENTS.flatMap(({ ids }) => ids);
  const unknown = wanted.filter((id) => !known.includes(promised(id)));
  if (unknown.length > 0) {
    console.error(`${unknown.join(', ')} cannot be measured. There are ${known.join(', ')}.`);
    return false;
  }
  const isWanted = (id: string) =>
    wanted.length === 0 || wanted.includes(id) || wanted.includes(promised(id));
  const missing = new Set(wanted);
  const missed: string[] = [];
  let complete = true;
  for (const { ids, measure } of MEASUREMENTS) {
    const needed = ids.some((id) => isWanted(id) || wanted.some((name) => promised(name) === id));
    if (!needed) continue;
    console.error(`${ids.join(', ')} ...`);
    try {
      for (const figure of await measure()) {
        if (!isWanted(figure.id)) continue;
        print(figure);
        if (figure.id === promised(figure.id) && !meets(figure)) missed.push(figure.id);
        missing.delete(figure.id);
        missing.delete(promised(figure.id));
      }
    } catch (error) {
      complete = false;
      console.error(`${ids.join(', ')} could not be measured:`, error);
    }
  }
  if (missing.size > 0) console.error(`not measured: ${[...missing].join(', ')}`);
  if (goals && missed.length > 0) console.error(`goals missed: ${missed.join(', ')}`);
  return complete && missing.size === 0 && !(goals && missed.length > 0);
}

const GOALS = '--goals';
const wanted = process.argv.slice(2);
const ids = wanted.filter((argument) => argument !== GOALS);
process.exitCode = (await main(ids, wanted.includes(GOALS))) ? 0 : 1;
