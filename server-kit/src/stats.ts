import type { MatchState } from './lobby/match.ts';

/** What goes on in the kit now. Counters count from the start of the server. */
export interface CotrialStats {
  connected: number;
  waiting: number;
  matches: {
    match_id: string;
    state: MatchState;
    relayed_inputs: number;
    dropped_inputs: number;
  }[];
  /** Input packets that crossed the server, of running and ended matches. */
  relayed_inputs: number;
  dropped_inputs: number;
  dropped_signals: number;
}
