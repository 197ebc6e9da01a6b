import type {
  EnvironmentDescription,
  GameResult,
  GameRun,
  GameState,
  LinkQuality,
} from '@cotrial/core';
import type { JsPsych } from 'jspsych';
import { core } from './core.ts';
import { resultWithoutGame, rowOf } from './data.ts';
import type { Binding } from './devices/bindings.ts';
import { controlsFor, type Controls } from './devices/controls.ts';
import { PlayerDevices } from './devices/player-devices.ts';
import { touchButtons, whenTouched } from './devices/touch.ts';
import { gameOptions, textsOf, type TrialParameters } from './options.ts';
import { onRemoval } from './removal.ts';
import { Scope } from './scope.ts';
import { View } from './screens/view.ts';
import { loadSource } from './source.ts';
import { missingFeatures } from './support.ts';

/** What a simulation wants to know and change; a participant's trial has none of it. */
export interface TrialHooks {
  /** The game listens to these keys from now on, until the scope closes. */
  playing?(bindings: readonly Binding[], scope: Scope): void;
  /** Values that replace those of the row. */
  data?: Record<string, unknown>;
  /** Time after which every end screen goes on by itself, ms. */
  end_delay?: number;
}

/**
 * One trial, from its first screen to `finishTrial`, which it calls exactly once; never, if
 * somebody else ends the trial.
 */
export class GameTrial {
  /** Lives as long as the trial. */
  private readonly scope = new Scope();
  /** Lives until the game is over: keys are the page's again on the end screen. */
  private game = this.scope.child();
  private readonly view: View;
  private readonly began = performance.now();
  private run: GameRun | null = null;
  private controls: Controls[] = [];
  private devices: PlayerDevices | null = null;
  private result: GameResult | null = null;

  constructor(
    private readonly jsPsych: JsPsych,
    display: HTMLElement,
    private readonly trial: TrialParameters,
    private readonly hooks: TrialHooks = {},
  ) {
    this.view = new View(display, textsOf(trial), this.scope, core.createRenderer, trial.width);
    onRemoval(this.view.root, this.scope, () => {
      this.abandon();
    });
  }

  /** Starts the trial and returns at once. Whatever goes wrong becomes an outcome. */
  begin(): void {
    const missing = missingFeatures();
    if (missing.length > 0) {
      const reason = `This browser lacks ${missing.join(', ')}.`;
      this.end(resultWithoutGame('unsupported', reason));
      return;
    }
    this.play();
  }

  private play(): void {
    this.show({ name: 'loading', stage: 'engine', fraction: 0 });
    // In a task of its own: the page's start and the game's would be one long one.
    this.game.after(0, () => {
      this.startRun();
    });
  }

  private startRun(): void {
    const before_ms = performance.now() - this.began;
    const { environment, environment_code, on_figures } = this.trial;
    const source = loadSource(environment, environment_code, this.game.signal);
    this.run = core.runGame(gameOptions(this.trial, source), {
      state: (state) => {
        this.show(state);
      },
      loaded: (environment) => {
        this.prepare(environment);
      },
      seated: (player) => {
        this.takeSeat(player);
      },
      quality: (agent, quality, rtt_ms) => {
        this.tellQuality(agent, quality, rtt_ms);
      },
      draw: (list) => {
        this.view.draw(list);
      },
      ...(on_figures !== null && {
        figures: (figures) => {
          this.callExperiment(() => {
            on_figures(figures);
          });
        },
      }),
    });
    const { run } = this;
    void run.finished.then((result) => {
      const { load_ms } = result;
      if (this.run === run) {
        this.end({ ...result, load_ms: load_ms === 0 ? 0 : load_ms + before_ms });
      }
    });
  }

  private show(state: GameState): void {
    if (this.game.closed) return;
    this.devices?.setPlaying(state.name === 'playing');
    this.view.show(state);
  }

  /** Every seat's keys are checked before anybody is matched: a mistake shows in the first pilot. */
  private prepare({ agents, render_size, render_images }: EnvironmentDescription): void {
    if (this.game.closed) return;
    try {
      this.controls = agents.map((agent) =>
        controlsFor(this.trial, agent, agents, core.encodeAction),
      );
    } catch (error) {
      this.fail('parameters', error);
      return;
    }
    this.view.createBoard(render_size, render_images);
  }

  private takeSeat(player: number): void {
    const controls = this.controls[player];
    if (this.game.closed || controls === undefined) return;
    const devices = new PlayerDevices(controls, this.game, (input) => this.run?.input(input));
    this.devices = devices;
    if (controls.buttons.length > 0) {
      whenTouched(this.game, () => {
        this.view.setButtons(touchButtons(controls.buttons, this.game, devices));
      });
    }
    this.hooks.playing?.(controls.bindings, this.game);
  }

  private tellQuality(agent: string, quality: LinkQuality, rtt_ms: number): void {
    const { on_degraded, on_critical } = this.trial;
    this.callExperiment(() => {
      if (quality === 'degraded') on_degraded?.(agent, rtt_ms);
      else if (quality === 'critical') on_critical?.(agent, rtt_ms);
    });
  }

  private callExperiment(call: () => void): void {
    if (this.game.closed) return;
    try {
      call();
    } catch (error) {
      // The experiment's own mistake: it must not cost the participants their game.
      console.error(error);
    }
  }

  /** What this plugin itself found wrong: the game is not played. */
  private fail(where: string, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.end(resultWithoutGame('load_failed', message, { where, message, traceback: '' }));
    this.run?.abort(message);
  }

  private end(result: GameResult): void {
    if (this.result !== null || this.scope.closed) return;
    this.result = result;
    this.game.close();
    const proceed = () => {
      this.finish(result);
    };
    const retry = () => {
      this.again();
    };
    this.view.showEnd(result, { proceed, retry: mayGoBetter(result) ? retry : null });
    const completed = result.outcome === 'completed';
    const delay = this.hooks.end_delay ?? (completed ? this.trial.end_delay : null);
    if (delay !== null) this.scope.after(delay, proceed);
  }

  private again(): void {
    if (this.scope.closed) return;
    this.result = null;
    this.devices = null;
    this.game = this.scope.child();
    this.play();
  }

  private finish(result: GameResult): void {
    if (this.scope.closed) return;
    this.scope.close();
    this.jsPsych.finishTrial({
      ...rowOf(result, this.trial.include_frames),
      ...this.hooks.data,
    });
  }

  /** The trial was ended by somebody else, and the next one may have begun: leave nothing running. */
  private abandon(): void {
    this.scope.close();
    this.run?.abort('The trial was ended from outside.');
  }
}

/** Parts of loading that another try may find repaired; the environment's own parts it will not. */
const PASSING = ['loading', 'engine', 'python', 'packages', 'server'];

const mayGoBetter = ({ outcome, error }: GameResult): boolean =>
  outcome === 'load_failed' && error !== null && PASSING.includes(error.where);
