import type { Match } from './match.ts';
import { REQUEST, type RequestList } from './requests.ts';
import type { StateAgreement } from './state-agreement.ts';
import type { StateTransfer } from './state-transfer.ts';

/** Lets rows out: of frames that can change no more, and on whose states all agree (ROLL-11). */
export class Exporter {
  constructor(
    private readonly match: Match,
    private readonly agreement: StateAgreement,
    private readonly transfer: StateTransfer,
  ) {}

  /** Asks for all rows that may leave. @returns how many */
  run(list: RequestList): number {
    const { match, agreement } = this;
    const from = match.exported;
    const to = Math.min(match.final(), this.transfer.limit());
    let out = from;
    let check = agreement.holdsBack ? match.nextCheck(from) : Infinity;
    for (let frame = from; frame < to; frame++) {
      if (match.isChecked(frame)) {
        if (agreement.reach(frame)) {
          list.push(REQUEST.checksum);
          list.push(frame);
        }
        if (!agreement.pass()) break;
        if (agreement.holdsBack) check = match.nextCheck(frame + 1);
      } else if (check < match.end()) continue;
      while (out <= frame) this.row(list, out++);
    }
    if (out > from) this.release(list, out);
    return out - from;
  }

  private row(list: RequestList, frame: number): void {
    const { simulation, options } = this.match;
    list.push(REQUEST.export);
    list.push(frame);
    for (let p = 0; p < options.players; p++) list.push(simulation.rowMeta(frame, p));
  }

  /** What lies below the oldest state that a rollback may still need is dropped. */
  private release(list: RequestList, exported: number): void {
    const { match } = this;
    const before = match.newestKept();
    match.exported = exported;
    const oldest = match.newestKept();
    if (oldest === before) return;
    list.push(REQUEST.prune);
    list.push(oldest);
    for (const queue of match.queues) queue.release(oldest);
  }
}
