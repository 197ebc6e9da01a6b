/** Where the kit says what happens: one sentence and, for machines, the facts. */
export interface Log {
  info(message: string, facts?: object): void;
  warn(message: string, facts?: object): void;
  error(message: string, facts?: object): void;
}

const line = (message: string, facts?: object): string =>
  facts === undefined ? message : `${message} ${JSON.stringify(facts)}`;

/** Plain lines on standard output, warnings and errors on standard error. */
export const consoleLog: Log = {
  info: (message, facts) => console.log(line(message, facts)),
  warn: (message, facts) => console.warn(line(message, facts)),
  error: (message, facts) => console.error(line(message, facts)),
};
