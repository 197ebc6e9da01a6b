import type { InputSampler } from '../rollback/session.ts';
import { META_FOCUSED } from '../rollback/requests.ts';
import type { PlayerInput } from './run.ts';

/** Presses that wait for a frame at most: a stalled game must not replay a minute of hammering. */
const MAX_WAITING_PRESSES = 4;

/**
 * The newest state of this participant's devices, as the session samples it: a press is played on
 * exactly one frame, then the held action counts again.
 */
export class PlayerInputSampler implements InputSampler {
  private held: Uint8Array;
  private readonly presses: Uint8Array[] = [];
  private focused = true;

  constructor(private readonly defaultAction: Uint8Array) {
    this.held = defaultAction;
  }

  update(input: PlayerInput): void {
    this.held = input.held ?? this.defaultAction;
    this.focused = input.focused;
    if (input.pressed !== null && this.presses.length < MAX_WAITING_PRESSES) {
      this.presses.push(input.pressed);
    }
  }

  sample(action: Uint8Array): number {
    const chosen = this.presses.shift() ?? this.held;
    action.fill(0);
    action.set(chosen.length > action.length ? chosen.subarray(0, action.length) : chosen);
    return this.focused ? META_FOCUSED : 0;
  }
}
