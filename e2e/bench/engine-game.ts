/**
 * The toy game that both engines play for PERF-3: 16 bytes of state, each step mixes every action
 * in, so that one wrong input shows in all states after it. It costs next to nothing.
 */
export class ToyGame {
  frame = 0;
  private a = 0x1234567;
  private b = 0x89abcdef;
  private generator = 42;

  step(actions: ArrayLike<number>): void {
    this.generator = (Math.imul(this.generator, 1664525) + 1013904223) >>> 0;
    this.a = mix(this.a ^ this.generator, this.frame);
    for (let p = 0; p < actions.length; p++) {
      this.a = mix(this.a, actions[p]! + 1);
      this.b = mix(this.b ^ this.a, 0x85ebca6b);
    }
    this.frame += 1;
  }

  save(): Uint8Array {
    const words = new Uint32Array(4);
    words[0] = this.frame;
    words[1] = this.a;
    words[2] = this.b;
    words[3] = this.generator;
    return new Uint8Array(words.buffer);
  }

  load(state: Uint8Array): void {
    const words = new Uint32Array(state.buffer, state.byteOffset, 4);
    this.frame = words[0]!;
    this.a = words[1]!;
    this.b = words[2]!;
    this.generator = words[3]!;
  }

  hash(): number {
    return (this.a ^ this.b) >>> 0;
  }
}

/** What a player presses: holds an action for about ten frames, the same in both engines. */
export function scriptedAction(player: number, frame: number): number {
  return mix(player + 1, Math.floor(frame / 10 + player * 0.37)) % 6;
}

function mix(h: number, value: number): number {
  h = Math.imul(h ^ value, 0xcc9e2d51);
  h = Math.imul(h ^ (h >>> 15), 0x1b873593);
  return (h ^ (h >>> 13)) >>> 0;
}
