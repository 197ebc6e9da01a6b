import type { SessionEvent } from '../src/rollback/session.ts';
import { scenarioOf } from './draw-scenario.ts';
import { simulate, type Watcher } from './match.ts';
import type { Scenario } from './scenario.ts';
import { shrink } from './shrink.ts';

/** Lines of a trace that are shown: the last ones, before it failed. */
const LINES = 80;

/** Makes the failing match of `seed` as small as it can, and tells what happens in it. */
export function tell(seed: number): string {
  const whole = scenarioOf(seed);
  const fails = (scenario: Scenario) => simulate(scenario).failure !== null;
  if (!fails(whole)) return 'It did not fail again: the failure does not follow from the seed.\n';
  const { scenario, runs } = shrink(whole, fails);
  const lines: string[] = [];
  const report = simulate(scenario, watch(lines));
  const hidden = lines.length > LINES ? [`... ${lines.length - LINES} lines before`] : [];
  return [
    `The smallest match found in ${runs} attempts that still fails (it may fail otherwise):`,
    ...describe(scenario),
    ...hidden,
    ...lines.slice(-LINES),
    `FAILED: ${report.failure}`,
    '',
  ].join('\n');
}

function describe(scenario: Scenario): string[] {
  const { session, endsOneIn, links, speeds, starts, saveCosts, ...faults } = scenario;
  const { defaultActions, environmentHash, ...options } = session;
  const one = (name: string, value: unknown) => `  ${name}: ${JSON.stringify(value)}`;
  const lines = [
    one('session', {
      ...options,
      defaultActions: defaultActions.map((action) => [...action]),
      environmentHash: environmentHash?.[0],
    }),
    one('peers', { speeds, starts, saveCosts, endsOneIn }),
  ];
  links.forEach((row, from) =>
    row.forEach((conditions, to) => from !== to && lines.push(one(`${from} → ${to}`, conditions))),
  );
  for (const [name, list] of Object.entries(faults)) {
    if (Array.isArray(list)) for (const fault of list) lines.push(one(name, fault));
  }
  return lines;
}

/** Leaves out packets that say the same as the one before them on their link. */
function watch(lines: string[]): Watcher {
  const said = new Map<string, string>();
  const say = (time: number, what: string) => lines.push(`${time.toFixed(1).padStart(9)} ${what}`);
  return {
    packet(time, { player, session }, to, bytes, arrivals) {
      const { episode, frame, held, exported } = session;
      const link = `${player} → ${to}`;
      const at = `${episode}:${frame}, held ${held}, exported ${exported}`;
      if (said.get(link) === at) return;
      said.set(link, at);
      const fate = arrivals.map((t) => t.toFixed(1)).join(' and ') || 'never';
      say(time, `${link} at ${at}, ${bytes.length} bytes; arrives ${fate}`);
    },
    session: (time, player, event) => say(time, `peer ${player}: ${short(event)}`),
    membership: say,
  };
}

const short = (event: SessionEvent): string =>
  JSON.stringify(event, (_, value: unknown) => (value instanceof Uint8Array ? [...value] : value));
