/** How a subcommand ends. */
export const EXIT = { good: 0, fault: 1, cannot: 2 } as const;

/** A subcommand cannot do what it was asked to: thrown, said in one line, exit status 2. */
export class CannotDo extends Error {
  override readonly name = 'CannotDo';
}

/** On standard error; what nobody foresaw with its stack. */
export function sayCannot(error: unknown): void {
  const known = error instanceof CannotDo;
  const text = known ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`cotrial: ${text}\n`);
}
