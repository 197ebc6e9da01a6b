/** What `cotrial check` found, for a person to read, in 80 columns. */
import type { CheckReport, Finding } from './check-environment.ts';

const COLUMNS = 80;
const INDENT = '  ';

/** Where it goes: colours are for terminals. */
export interface Output {
  isTTY?: boolean;
}

/** Empty for a clean environment. */
export function reportText(report: CheckReport, path: string, output: Output): string {
  const { faults, notes } = report;
  if (faults.length === 0 && notes.length === 0) return '';
  const paint = painter(output);
  const heading = `${path}: ${counted(faults.length, 'fault')}, ${counted(notes.length, 'note')}`;
  const blocks = [
    paint.bold(heading),
    ...faults.map((finding) => block(finding, paint.red('fault'), paint)),
    ...notes.map((finding) => block(finding, paint.yellow('note'), paint)),
  ];
  const footer = costLine(report);
  if (footer !== '') blocks.push(paint.dim(footer));
  return `${blocks.join('\n\n')}\n`;
}

function block(finding: Finding, label: string, paint: Painter): string {
  return [
    `${label} ${paint.bold(finding.kind)}  ${finding.where}`,
    wrap(finding.message),
    wrap(`→ ${finding.remedy}`, `${INDENT}  `),
  ].join('\n');
}

/** `wrapped` begins the lines after the first one. */
function wrap(text: string, wrapped = INDENT): string {
  const lines: string[] = [];
  let line = INDENT;
  for (const word of text.split(/\s+/)) {
    const started = line.trim() !== '';
    if (started && line.length + 1 + word.length > COLUMNS) {
      lines.push(line);
      line = wrapped + word;
    } else {
      line += started ? ` ${word}` : word;
    }
  }
  return [...lines, line].join('\n');
}

function costLine({ costs, tier }: CheckReport): string {
  if (tier === null) return '';
  const told = (['step', 'save', 'load', 'checksum'] as const).flatMap((name) => {
    const cost = costs[name];
    return cost === undefined ? [] : [`${name} ${milliseconds(cost.p50)}`];
  });
  const frame = costs.frame === undefined ? '' : `, of a frame's ${milliseconds(costs.frame)}`;
  return wrap(`States: ${tier}. Medians: ${told.join(', ')}${frame}.`, '').trimStart();
}

const milliseconds = (ms: number): string => `${ms >= 10 ? ms.toFixed(0) : ms.toPrecision(2)} ms`;
const counted = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`;

interface Painter {
  bold: (text: string) => string;
  dim: (text: string) => string;
  red: (text: string) => string;
  yellow: (text: string) => string;
}

function painter({ isTTY = false }: Output): Painter {
  const colours = isTTY && !process.env.NO_COLOR;
  const style = (on: number, off: number) => (text: string) =>
    colours ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return { bold: style(1, 22), dim: style(2, 22), red: style(31, 39), yellow: style(33, 39) };
}
