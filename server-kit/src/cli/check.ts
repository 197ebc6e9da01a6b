/** `cotrial check`: its arguments. */
import type { Command } from 'commander';

export function register(command: Command): void {
  command.argument('<environment>', 'Python file of the environment');
}
