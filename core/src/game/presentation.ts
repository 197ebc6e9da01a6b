import type { Milliseconds, PeerLostReply } from '../contract/index.ts';
import type { GameEvents, GameResult, GameState, LoadStage } from './run.ts';
import type { Timers } from './timers.ts';

type Paused = Extract<GameState, { name: 'paused' }>;

/** A stall shorter than this is not shown: it would flicker. */
const STALL_SHOWN_MS: Milliseconds = 1_000;

/** Which screen the participant sees: one at a time, and none of play once the game is over. */
export class Presentation {
  private shown: GameState['name'] | null = null;
  private over = false;
  private episode = 0;
  private cancelStall: (() => void) | null = null;

  constructor(
    private readonly events: GameEvents,
    private readonly timers: Timers,
    private readonly episodes: number,
    /** How long a match waits for a partner who cannot be reached. */
    private readonly pauseLimit: Milliseconds,
  ) {}

  loading(stage: LoadStage, fraction: number): void {
    this.show({ name: 'loading', stage, fraction });
  }

  waiting(waited_ms: Milliseconds, timeout_ms: Milliseconds): void {
    this.show({ name: 'waiting', waited_ms, timeout_ms });
  }

  connecting(): void {
    this.show({ name: 'connecting' });
  }

  countdown(starts_at: Milliseconds): void {
    this.show({ name: 'countdown', starts_at });
  }

  playing(episode = this.episode): void {
    this.episode = episode;
    this.show({ name: 'playing', episode, episodes: this.episodes });
  }

  /** @param told what the server knows of it, once it answers */
  unreachable(agent: string, told: PeerLostReply | null): void {
    if (told === null) this.paused(agent, 'unreachable', this.pauseLimit);
    else this.paused(agent, told.asleep ? 'asleep' : 'unreachable', told.left_in_ms);
  }

  /** The engine waits for `agent`: worth a word if it lasts. */
  stalled(agent: string): void {
    this.cancelStall?.();
    this.cancelStall = this.timers.after(STALL_SHOWN_MS, () => {
      if (this.shown === 'playing') this.paused(agent, 'slow', null);
    });
  }

  /** Every partner is heard again. */
  resumed(): void {
    this.cancelStall?.();
    this.cancelStall = null;
    if (this.shown === 'paused') this.playing();
  }

  saving(): void {
    this.over = true;
    this.shown = 'saving';
    this.events.state({ name: 'saving' });
  }

  ended(result: GameResult): void {
    this.over = true;
    this.shown = 'ended';
    this.events.state({ name: 'ended', result });
  }

  private paused(agent: string, reason: Paused['reason'], limit_ms: Paused['limit_ms']): void {
    this.show({ name: 'paused', agent, reason, since: performance.now(), limit_ms });
  }

  private show(state: GameState): void {
    if (this.over) return;
    this.shown = state.name;
    this.events.state(state);
  }
}
