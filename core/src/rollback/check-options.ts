import { ENVIRONMENT_BYTES } from '../protocol/hello.ts';
import type { SessionOptions } from './types.ts';

/** @throws RangeError if the options are not those of a match */
export function checkOptions(options: SessionOptions): void {
  const { players, local, actionBytes, defaultActions, inputDelay } = options;
  const check = (good: boolean, what: string) => {
    if (!good) throw new RangeError(`session options: ${what}`);
  };
  check(players >= 1 && players <= 16, `${players} players; 1 to 16 can play`);
  check(local >= 0 && local < players, `seat ${local} of ${players}`);
  check(actionBytes >= 1 && actionBytes <= 255, `${actionBytes} bytes an action; 1 to 255 fit`);
  check(
    defaultActions.length === players && defaultActions.every((a) => a.length === actionBytes),
    'every seat needs a default action of actionBytes bytes',
  );
  check(options.fps > 0 && options.episodes >= 1, 'fps and episodes must be positive');
  check(options.checksumInterval >= 1, 'checksumInterval must be at least 1');
  check(options.maxSteps === null || options.maxSteps >= 1, 'maxSteps must be at least 1 or null');
  check(
    options.environmentHash === undefined || options.environmentHash.length >= ENVIRONMENT_BYTES,
    `environmentHash needs at least ${ENVIRONMENT_BYTES} bytes`,
  );
  check(inputDelay === 'adaptive' || (inputDelay >= 0 && inputDelay <= 31), 'inputDelay 0 to 31');
}
