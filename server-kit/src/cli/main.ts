/**
 * The `cotrial` command. Each subcommand has a module of its own, loaded only when it is used: a
 * module of this folder exports `register(command)`, which gives the command its arguments,
 * options and action.
 *
 * Exit status: 0 good, 1 at least one fault, 2 cannot do it.
 */
import { Command, CommanderError } from 'commander';
import { version } from '../../package.json';
import { EXIT, sayCannot } from './exit.ts';

interface Subcommand {
  name: string;
  summary: string;
  load: () => Promise<{ register: (command: Command) => void }>;
}

const SUBCOMMANDS: Subcommand[] = [
  {
    name: 'check',
    summary: 'find what would break an environment in play, before a pilot',
    load: () => import('./check.ts'),
  },
  {
    name: 'play',
    summary: 'turn an environment’s file into a playground for two and more',
    load: () => import('./play.ts'),
  },
  {
    name: 'vendor',
    summary: 'put Python packages into a folder that the lab serves by itself',
    load: () => import('./vendor.ts'),
  },
];

/**
 * Runs the command line.
 *
 * @param args what follows the program's name
 * @returns exit status
 */
export async function main(args: readonly string[]): Promise<number> {
  const program = new Command('cotrial')
    .description('Real-time multiplayer trials for jsPsych, written as Python environments.')
    .version(version)
    .configureOutput({ writeErr: (text) => process.stderr.write(text) })
    .exitOverride();
  // Only the one that is named is loaded, also for its --help.
  const first = args.find((argument) => SUBCOMMANDS.some(({ name }) => name === argument));
  for (const subcommand of SUBCOMMANDS) {
    const command = program.command(subcommand.name).summary(subcommand.summary);
    command.description(sentence(subcommand.summary));
    if (subcommand.name === first) (await subcommand.load()).register(command);
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return Number(process.exitCode ?? EXIT.good);
  } catch (error) {
    // Help and version end this way, too; commander has said what a wrong argument is.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.good : EXIT.cannot;
    sayCannot(error);
    return EXIT.cannot;
  }
}

const sentence = (summary: string): string => `${summary[0]!.toUpperCase()}${summary.slice(1)}.`;
