import type { Outcome, PlayerLeftMessage } from '../contract/index.ts';
import type { Ending } from './game-result.ts';
import type { DesyncCause } from './desync-report.ts';
import type { WorkerError } from './messages.ts';

/** The match was played to its end. */
export const COMPLETED: Ending = { outcome: 'completed', by: null, reason: '', error: null };

/** Something outside the match ended the trial. `where` names the part that failed. */
export function failed(outcome: Outcome, where: string, message: string): Ending {
  const error = outcome === 'load_failed' ? { where, message, traceback: '' } : null;
  return { outcome, by: null, reason: message, error };
}

/** The players' games turned out to differ, and the match does not go on with that. */
export function parted({ by, message }: DesyncCause): Ending {
  return { outcome: 'desync', by, reason: message, error: null };
}

/**
 * A player's version, environment or settings are others than here, which no server saw: nothing
 * was played. Both could load their game, and neither can play it with the other.
 */
export function mismatched(agent: string | null, message: string): Ending {
  return { outcome: 'unsupported', by: agent, reason: message, error: null };
}

/** The own worker reported an error: of loading, or of the environment in play. */
export function broken(outcome: Outcome, error: WorkerError, agent: string | null): Ending {
  return { outcome, by: agent, reason: error.traceback || error.message, error };
}

/** Another player's departure ended the match; `agent` is theirs. */
export function deserted(departure: PlayerLeftMessage, agent: string | null): Ending {
  const { reason } = departure;
  if (departure.outcome === 'environment_error') {
    const message = reason.trimEnd().split('\n').at(-1) ?? reason;
    const error = { where: `the game of ${agent}`, message, traceback: reason };
    return { outcome: 'environment_error', by: agent, reason, error };
  }
  const outcome = ENDS_BOTH.has(departure.outcome) ? departure.outcome : 'partner_left';
  return { outcome, by: agent, reason, error: null };
}

/** The server says that this participant is out of the match. */
export function expelled(departure: PlayerLeftMessage, agent: string | null): Ending {
  const outcome = departure.outcome === 'left' ? 'removed' : departure.outcome;
  return { outcome, by: agent, reason: departure.reason, error: null };
}

/** Ways in which a player can go that mean the same for those who stay. */
const ENDS_BOTH: ReadonlySet<Outcome> = new Set(['connection_lost', 'desync', 'unsupported']);
