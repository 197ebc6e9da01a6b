/** `cotrial play`: from an environment's file to a playground in one command. */
import type { Command } from 'commander';
import type { Pyodide } from '../../../core/src/environment/pyodide.ts';
import type { Log } from '../log.ts';
import { consoleLog } from '../log.ts';
import { PortError, refuseTakenPort, runPlayground, usualPort } from '../playground/server.ts';
import { keyValue, names, wholeNumber } from './arguments.ts';
import { checkEnvironment } from './check-environment.ts';
import { progressBar } from './check-progress.ts';
import describe from './describe.py';
import {
  loadFile,
  pyodideFolder,
  readEnvironmentFile,
  startPythonInNode,
  type EnvironmentFile,
} from './environment-file.ts';
import { CannotDo } from './exit.ts';
import { gameOf, type About } from './play-game.ts';
import { reportText } from './report.ts';

interface PlayOptions {
  players?: number;
  fps?: number;
  packages: string[];
  wheels?: string;
  pyodide?: string;
  option: Record<string, unknown>;
  port?: number;
  json?: true;
}

export function register(command: Command): void {
  command
    .argument('<environment>', 'Python file of the environment')
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
    .option('--option <key=value>', 'option of the environment; may be given again', keyValue, {})
    .option(
      '--port <n>',
      'port of the pages, 0 for a free one (default: PORT, else 3000)',
      wholeNumber(0, 65_535),
    )
    .option('--json', 'one line of JSON on standard output, everything else on standard error')
    .action(play);
}

async function play(path: string, options: PlayOptions): Promise<void> {
  const { json = false } = options;
  const log = json ? errorLog : consoleLog;
  const file = readEnvironmentFile(path);
  const pyodideDir = pyodideFolder(options.pyodide ?? null);
  const wheels = options.wheels ?? null;
  const port = options.port ?? usualPort();
  // Before the work that takes seconds; somebody can still take it until then.
  await refuseTakenPort(port).catch(asCannotDo);
  const python = await startPythonInNode({ pyodide: pyodideDir, wheels });
  const loaded = await loadFile(python, file, {
    options: options.option,
    packages: options.packages,
    players: options.players ?? null,
  });
  const { description } = loaded.environment;
  const about = describeFile(python, file, loaded.options);
  const bar = progressBar(process.stderr);
  const report = await checkEnvironment({
    path,
    options: loaded.options,
    fps: options.fps ?? null,
    packages: options.packages,
    pyodide: pyodideDir,
    wheels,
    progress: bar.show,
  }).finally(bar.clear);
  const found = reportText(report, path, json ? process.stderr : process.stdout);
  if (found !== '') log.info(found);
  const { faults, notes } = report;
  const game = gameOf(
    file,
    description,
    about,
    { fps: options.fps ?? null, packages: options.packages, options: loaded.options },
    { faults, notes },
  );
  const playground = await runPlayground({
    games: [game],
    pyodideDir,
    log,
    ...(wheels !== null && { packagesDir: wheels }),
    port,
  }).catch(asCannotDo);
  const { url, researcherKey } = playground.kit;
  if (json) {
    const facts = { game: game.name, players: description.agents.length, tier: description.tier };
    console.log(JSON.stringify({ url, ...facts, researcher_key: researcherKey, faults, notes }));
  } else {
    log.info(`All players side by side: ${url}/side-by-side/${game.name}`);
  }
  await playground.closed;
}

function describeFile(
  python: Pyodide,
  file: EnvironmentFile,
  options: Record<string, unknown>,
): About {
  python.FS.writeFile('/cotrial/cotrial_describe.py', describe);
  const module = python.pyimport('cotrial_describe') as {
    describe(source: string, name: string, options: string): string;
  };
  return JSON.parse(
    module.describe(file.source, `${file.name}.py`, JSON.stringify(options)),
  ) as About;
}

function asCannotDo(error: unknown): never {
  throw error instanceof PortError ? new CannotDo(error.message, { cause: error }) : error;
}

/** Standard output is for the one line of JSON. */
const errorLog: Log = {
  info: (message) => console.error(message),
  warn: (message) => console.error(message),
  error: (message) => console.error(message),
};
