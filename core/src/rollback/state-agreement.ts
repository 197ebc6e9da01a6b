import type { Frame, PlayerIndex } from '../contract/index.ts';
import type { Match } from './match.ts';
import type { StateTransfer } from './state-transfer.ts';

/** Under `end`, rows wait for the next check if that comes within so many frames. */
const MOST_HELD_BACK = 64;

/**
 * What happens when peers who hold the same inputs are not in the same state (ROLL-8).
 *
 * Under `flag` nothing but an event. Under `end` and `resync` the row of a checked frame, and all
 * after it, wait until every remaining peer's checksum of that frame is here. So all see a
 * mismatch at the same gate, before any row beyond it has left, and decide alike without a word:
 * the state that most peers have counts, and among equally many that of the highest seat. Under
 * `end` the rows before a checked frame wait for it too, so that what has left is the same.
 */
export class StateAgreement {
  /** Checked frame whose checksum was asked for and whose row waits, or -1. */
  private gate: Frame = -1;
  private open = false;
  /** Serial number of the gate's checksum: how many gates were passed. */
  private serial = 0;
  /** The mismatch that was decided last, and whose state counts. */
  private decided: { serial: number; giver: PlayerIndex } | null = null;

  constructor(
    private readonly match: Match,
    private readonly transfer: StateTransfer,
  ) {}

  /** Before the row of checked frame `frame`. @returns whether its checksum must be asked for. */
  reach(frame: Frame): boolean {
    if (this.gate === frame) return false;
    this.gate = frame;
    this.open = this.match.policy === 'flag';
    return true;
  }

  /** Whether the row of the frame that was reached may leave; then it counts as left. */
  pass(): boolean {
    if (!this.open) return false;
    this.gate = -1;
    this.serial += 1;
    return true;
  }

  /** Whether rows leave only together with the checked frame that follows them. */
  get holdsBack(): boolean {
    const { policy, options } = this.match;
    return policy === 'end' && options.checksumInterval <= MOST_HELD_BACK;
  }

  /** Whether rows wait for checksums of others. */
  private get waiting(): boolean {
    return this.gate >= 0 && !this.open;
  }

  /** After anything that may have completed the checksums of the gate. */
  settle(): void {
    const { match, serial, transfer } = this;
    if (!this.waiting || match.checksums.count <= serial) return;
    for (let p = 0; p < match.options.players; p++) {
      if (this.isOther(p) && match.checksums.receivedOf(p) <= serial) return;
    }
    if (this.anyOther((p) => match.checksums.partedAt(p, serial))) {
      match.endByDesync(match.exported);
      return;
    }
    const { giver, takers } = this.decide(serial);
    if (takers.length === 0) {
      this.open = true;
      return;
    }
    if (match.policy === 'end') {
      match.endByDesync(match.exported);
      return;
    }
    this.decided = { serial, giver };
    if (takers.includes(match.options.local)) {
      this.open = transfer.take(giver, serial, this.gate);
      // One who has ended the match sends no more states.
      if (!this.open && match.checksums.parted(giver)) match.endByDesync(match.exported);
      return;
    }
    this.open = true;
    // The state after a checked frame is kept by everybody, however few are.
    if (giver === match.options.local) transfer.give(serial, this.gate + 1, takers);
  }

  /**
   * Somebody's game went elsewhere, and nobody will send the inputs that ours goes on with. Whoever
   * is an episode ahead proves that this one's last inputs are here. Whoever has taken the next
   * checksum proves that its frame is among those that are held here. If neither is so here, it was
   * the end of an episode that we do not see: we are in different states.
   */
  noticeParting(): void {
    const { match, serial } = this;
    if (this.waiting) return;
    if (!match.departures.resolved || !match.settled) return;
    const ahead = match.marks.anyAhead();
    const flag = match.policy === 'flag';
    const checked = !flag && this.anyOther((p) => match.checksums.receivedOf(p) > serial);
    const held = match.marks.held();
    if (match.end() <= held || (!ahead && !checked)) return;
    const unchecked = !flag && match.nextCheck(match.exported) >= held;
    const none = match.exported >= held || (this.holdsBack && unchecked);
    if ((ahead && none) || (checked && unchecked)) match.endByDesync(match.exported);
  }

  /** For a new episode. */
  clear(): void {
    this.gate = -1;
  }

  /** `player` left: whoever waited for its state needs another's. */
  playerLeft(player: PlayerIndex): void {
    const { decided, match } = this;
    if (match.policy === 'resync' && decided?.giver === player) {
      // Our row of that check is about to leave, or has left.
      const leaving = decided.serial === this.serial && this.open;
      if (leaving) this.succeed(decided.serial, this.gate + 1);
      else if (decided.serial === this.serial - 1) this.succeed(decided.serial, match.newestKept());
    }
    this.settle();
  }

  /** The giver of that check has left: the next in line gives its own state before `frame`. */
  private succeed(serial: number, frame: Frame): void {
    const { match } = this;
    const { giver, takers } = this.decide(serial);
    this.decided = { serial, giver };
    // Whoever took the state has gone on to the next checksum.
    const waiting = takers.filter((p) => match.checksums.receivedOf(p) === serial + 1);
    if (giver === match.options.local && waiting.length > 0) {
      this.transfer.give(serial, frame, waiting);
    }
  }

  /** Whose state counts, and who of the remaining has another one. */
  private decide(serial: number): { giver: PlayerIndex; takers: PlayerIndex[] } {
    const { options, checksums } = this.match;
    const values: (string | null)[] = [];
    for (let p = 0; p < options.players; p++) {
      if (p === options.local) values.push(checksums.own(serial));
      else values.push(this.isOther(p) ? checksums.of(p, serial) : null);
    }
    let giver = -1;
    let most = 0;
    values.forEach((value, p) => {
      const size = value === null ? 0 : values.filter((other) => other === value).length;
      if (size > 0 && size >= most) [giver, most] = [p, size];
    });
    const takers = values.flatMap((value, p) =>
      value !== null && value !== values[giver] ? [p] : [],
    );
    return { giver, takers };
  }

  private anyOther(is: (player: PlayerIndex) => boolean): boolean {
    for (let p = 0; p < this.match.options.players; p++) if (this.isOther(p) && is(p)) return true;
    return false;
  }

  private isOther(player: PlayerIndex): boolean {
    return player !== this.match.options.local && this.match.remains(player);
  }
}
