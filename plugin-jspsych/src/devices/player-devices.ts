import type { PlayerInput } from '@cotrial/core';
import type { Scope } from '../scope.ts';
import type { Action } from './bindings.ts';
import type { Controls } from './controls.ts';
import { isFocused, watchFocus } from './focus.ts';
import { HeldKeys } from './held-keys.ts';
import { listenToKeyboard, type KeyEvents } from './keyboard.ts';

/**
 * All of a participant's input devices as one {@link PlayerInput}: sent at once on every change.
 */
export class PlayerDevices implements KeyEvents {
  private readonly keys: HeldKeys;
  private focused = isFocused();
  private playing = false;

  constructor(
    private readonly controls: Controls,
    scope: Scope,
    private readonly send: (input: PlayerInput) => void,
  ) {
    this.keys = new HeldKeys(controls.bindings);
    listenToKeyboard(scope, this);
    watchFocus(scope, (focused) => {
      this.focused = focused;
      if (focused) this.report();
      else this.releaseAll();
    });
    this.report();
  }

  /** Keys held before play count from its first frame; presses before it are not saved up. */
  setPlaying(playing: boolean): void {
    this.playing = playing;
  }

  uses(name: string): boolean {
    return this.keys.uses(name);
  }

  down(physical: string, name: string): void {
    const pressed = this.keys.press(physical, name);
    if (pressed !== null) this.report(this.playing ? pressed : null);
  }

  up(physical: string): void {
    if (this.keys.release(physical)) this.report();
  }

  releaseAll(): void {
    this.keys.releaseAll();
    this.report();
  }

  private report(pressed: Action | null = null): void {
    this.send({
      held: this.bytes(this.keys.held()),
      pressed: this.bytes(pressed),
      focused: this.focused,
    });
  }

  private bytes(action: Action | null): Uint8Array | null {
    return action === null ? null : (this.controls.encoded.get(action) ?? null);
  }
}
