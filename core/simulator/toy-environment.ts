import type { Environment, EnvironmentDescription } from '../src/environment/environment.ts';
import { REQUEST, type RequestList } from '../src/rollback/requests.ts';
import { RESULT, type Results } from '../src/rollback/results.ts';
import type { Corruption } from './scenario.ts';
import {
  corruptToy,
  resetToy,
  stepToy,
  toyChecksum,
  toyRow,
  type ToyRules,
  type ToyState,
  type ToyStep,
} from './toy-game.ts';

/** The engine asked for something that it must never ask for. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
}

/** The toy game behind the request list. Strict: a request that makes no sense throws. */
export class ToyEnvironment implements Environment {
  readonly description: EnvironmentDescription;
  private readonly states = new Map<number, ToyState>();
  private readonly steps = new Map<number, { actions: Uint8Array; step: ToyStep }>();
  private readonly checksums = new Map<number, Uint8Array>();
  protected state: ToyState = resetToy(0);
  /** Most states, or results of steps, that were kept at once. */
  keptMost = 0;

  private resets = 0;

  /** @param corruptions frames that come out otherwise here than the rules say */
  constructor(
    private readonly rules: ToyRules,
    private readonly corruptions: readonly Omit<Corruption, 'player'>[] = [],
  ) {
    const action_space = { kind: 'multi_binary', n: rules.actionBytes } as const;
    this.description = {
      agents: Array.from({ length: rules.players }, (_, p) => ({
        id: `player_${p}`,
        action_space,
        action_bytes: rules.actionBytes,
        default_action: new Uint8Array(rules.actionBytes),
      })),
      action_bytes: rules.actionBytes,
      tier: 'own_methods',
      tier_reason: '',
      notes: [],
      costs: { step: 0, save: 0, load: 0, checksum: 0 },
      fps: null,
      render_size: null,
      render_images: [],
      sha256: '0'.repeat(64),
      pyodide_version: 'none',
    };
  }

  setRate(): void {
    // It has no clock.
  }

  run(requests: RequestList, results: Results): void {
    results.clear();
    const { words, length } = requests;
    let over = -1;
    let at = 0;
    while (at < length) {
      const kind = words[at]!;
      const frame = words[at + 1]!;
      at += 2;
      switch (kind) {
        case REQUEST.reset:
          this.reset(frame);
          break;
        case REQUEST.load:
          this.load(frame);
          break;
        case REQUEST.advance:
          if (over < 0 && this.advance(frame, words, at)) {
            over = frame;
            results.put(RESULT.over, frame);
          }
          at += this.rules.players * (1 + this.actionWords);
          break;
        case REQUEST.save:
          if (over < 0 || frame === over + 1) this.save(frame);
          break;
        case REQUEST.checksum:
          results.put(RESULT.checksum, frame, this.checksum(frame));
          break;
        case REQUEST.export:
          results.put(RESULT.row, frame, this.row(frame, words.subarray(at)));
          at += this.rules.players;
          break;
        case REQUEST.prune:
          this.prune(frame);
          break;
        case REQUEST.dump:
          results.put(RESULT.dump, frame, this.dump(frame));
          break;
        case REQUEST.restore: {
          const size = words[at]!;
          this.restore(frame, words.subarray(at + 1), size);
          at += 1 + ((size + 3) >> 2);
          break;
        }
        default:
          throw new RequestError(`request ${kind}`);
      }
    }
  }

  private get actionWords(): number {
    return (this.rules.actionBytes + 3) >> 2;
  }

  private reset(seed: number): void {
    this.state = resetToy(seed >>> 0);
    this.resets += 1;
    this.states.clear();
    this.steps.clear();
    this.checksums.clear();
  }

  protected load(frame: number): void {
    const state = this.states.get(frame);
    if (state === undefined) throw new RequestError(`no snapshot of state ${frame}`);
    this.state = { ...state };
  }

  private advance(frame: number, words: Int32Array, at: number): boolean {
    if (this.state.frame !== frame) {
      throw new RequestError(`advance of frame ${frame} at state ${this.state.frame}`);
    }
    const { players, actionBytes } = this.rules;
    const actions = new Uint8Array(players * actionBytes);
    for (let p = 0; p < players; p++) {
      const from = at + p * (1 + this.actionWords) + 1;
      for (let i = 0; i < actionBytes; i++) {
        actions[p * actionBytes + i] = words[from + (i >> 2)]! >> (8 * (i & 3));
      }
    }
    corruptToy(this.state, this.corruptions, this.resets - 1, frame);
    const step = stepToy(this.rules, this.state, actions);
    this.steps.set(frame, { actions, step });
    this.keptMost = Math.max(this.keptMost, this.steps.size);
    return step.over;
  }

  protected save(frame: number): void {
    if (this.state.frame !== frame) {
      throw new RequestError(`save of state ${frame} at state ${this.state.frame}`);
    }
    this.states.set(frame, { ...this.state });
    this.keptMost = Math.max(this.keptMost, this.states.size);
  }

  private checksum(frame: number): Uint8Array {
    const done = this.steps.get(frame);
    if (!this.states.has(frame + 1) || done === undefined) {
      throw new RequestError(`checksum of frame ${frame}, which is not kept`);
    }
    const checksum = toyChecksum(done.step);
    this.checksums.set(frame, checksum);
    return checksum;
  }

  private row(frame: number, metas: ArrayLike<number>): Uint8Array {
    const done = this.steps.get(frame);
    if (done === undefined) throw new RequestError(`row of frame ${frame}, which is not kept`);
    const checksum = this.checksums.get(frame) ?? null;
    return toyRow(this.rules, frame, done.actions, done.step, metas, checksum);
  }

  private dump(frame: number): Uint8Array {
    const state = this.states.get(frame);
    if (state === undefined) throw new RequestError(`dump of state ${frame}, which is not kept`);
    return new TextEncoder().encode(JSON.stringify(state));
  }

  private restore(frame: number, words: Int32Array, size: number): void {
    const bytes = new Uint8Array(Int32Array.from(words).buffer, 0, size);
    this.state = JSON.parse(new TextDecoder().decode(bytes)) as ToyState;
    this.save(frame);
  }

  private prune(frame: number): void {
    for (const map of [this.states, this.steps, this.checksums]) {
      for (const key of map.keys()) if (key < frame) map.delete(key);
    }
  }
}
