/** `cotrial check`: its arguments. */
import type { Command } from 'commander';
import { keyValue, names, wholeNumber } from './arguments.ts';
import { checkEnvironment } from './check-environment.ts';
import { progressBar } from './check-progress.ts';
import { EXIT } from './exit.ts';
import { reportText } from './report.ts';

interface Options {
  option: Record<string, unknown>;
  players?: number;
  fps?: number;
  packages: string[];
  wheels?: string;
  pyodide?: string;
  json?: boolean;
}

export function register(command: Command): void {
  command
    .argument('<environment>', 'Python file of the environment')
    .option('--option <key=value>', 'option of the environment; may be given again', keyValue, {})
    .option(
      '--players <n>',
      'how many play; the environment takes it as players=N',
      wholeNumber(1, 16),
    )
    .option(
      '--fps <n>',
      'frames a second; otherwise what the environment says',
      wholeNumber(1, 240),
    )
    .option('--packages <names>', 'Python packages that it imports, with commas between', names, [])
    .option('--wheels <dir>', 'folder of packages that `cotrial vendor` filled')
    .option('--pyodide <dir>', 'folder of a Pyodide other than the kit’s own')
    .option('--json', 'the report as one line of JSON')
    .addHelpText(
      'after',
      '\nFaults would break play or data; notes are weaknesses that are covered. A clean\n' +
        'environment passes without a word.\n' +
        '\nExit status: 0 no fault, 1 at least one fault, 2 the file cannot be checked.',
    )
    .action(check);
}

async function check(path: string, { option, json = false, ...rest }: Options): Promise<void> {
  const bar = progressBar(process.stderr);
  try {
    const report = await checkEnvironment({ ...rest, path, options: option, progress: bar.show });
    bar.clear();
    const { faults, notes, costs, tier } = report;
    const text = json
      ? `${JSON.stringify({ faults, notes, costs, tier })}\n`
      : reportText(report, path, process.stdout);
    process.stdout.write(text);
    process.exitCode = faults.length > 0 ? EXIT.fault : EXIT.good;
  } finally {
    bar.clear();
  }
}
