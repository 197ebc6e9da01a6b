import type { Outcome, PeerLostReply } from '@cotrial/core/contract';
import type { Clock } from '../clock.ts';
import type { Timings } from '../timings.ts';

interface Complaint {
  /** Server clock, ms. */
  judged_at: number;
  cancel: () => void;
}

/**
 * Decides from absences and complaints when a player of a running match has left.
 *
 * A lost socket alone is no departure, since the peers may still reach each other: the player has
 * `socketGraceMs` to come back. A complaint (`peer_lost`) shortens that to `lostGraceMs`; against a
 * player whose socket is connected it allows `unreachableGraceMs`, and is dropped when withdrawn.
 * Whoever fell asleep a short while before has what is left of `sleepGraceMs`, if that is more.
 */
export class Departures {
  /** By player: cancels the timer of its absence. */
  private readonly absences = new Map<number, () => void>();
  /** By player, then by who complains. */
  private readonly complaints = new Map<number, Map<number, Complaint>>();

  /** By player: when its socket came back. */
  private readonly backSince = new Map<number, number>();
  /** By player: when its page said that it falls asleep. */
  private readonly asleepSince = new Map<number, number>();

  constructor(
    private readonly clock: Clock,
    private readonly timings: Timings,
    /** Time since a player lost its socket, ms; 0 while it is connected. */
    private readonly absence: (player: number) => number,
    private readonly left: (player: number, outcome: Outcome, reason: string) => void,
  ) {}

  disconnected(player: number, graceMs = this.timings.socketGraceMs): void {
    const gone = () =>
      this.left(player, 'connection_lost', 'The connection to the server did not come back.');
    this.absences.get(player)?.();
    this.absences.set(player, this.clock.after(Math.max(graceMs, this.sleep(player)), gone));
    // A complaint that waited because the socket was connected need not wait longer.
    for (const by of [...(this.complaints.get(player)?.keys() ?? [])]) this.lost(player, by);
  }

  /** The page is put to sleep, which puts off later judgements only; or it is awake again. */
  sleeping(player: number, asleep: boolean): void {
    if (asleep) this.asleepSince.set(player, this.clock.now());
    else this.asleepSince.delete(player);
  }

  connected(player: number): void {
    this.sleeping(player, false);
    if (this.absences.has(player)) this.backSince.set(player, this.clock.now());
    this.absences.get(player)?.();
    this.absences.delete(player);
  }

  /** `by` reaches `player` on no path. */
  lost(player: number, by: number): PeerLostReply {
    const absence = this.absence(player);
    const connected = absence === 0;
    const now = this.clock.now();
    const asleep = this.sleep(player) > 0;
    const earlier = this.complaints.get(player)?.get(by);
    if (connected && earlier !== undefined) return { left_in_ms: earlier.judged_at - now, asleep };
    this.found(player, by);
    // Of two who lost their sockets together, the first to be back must not judge the other at once.
    const witnessed = Math.min(absence, now - (this.backSince.get(by) ?? -Infinity));
    const { unreachableGraceMs, lostGraceMs } = this.timings;
    const grace = connected ? unreachableGraceMs : lostGraceMs - witnessed;
    const wait = Math.max(grace, this.sleep(player));
    const judge = () => {
      this.found(player, by);
      if (!connected && this.absence(player) === 0) this.lost(player, by);
      else this.left(player, 'connection_lost', 'The other players could not reach this one.');
    };
    const byPlayer = this.complaints.get(player) ?? new Map<number, Complaint>();
    byPlayer.set(by, { judged_at: now + wait, cancel: this.clock.after(wait, judge) });
    this.complaints.set(player, byPlayer);
    return { left_in_ms: wait, asleep };
  }

  /** `by` reaches `player` again. */
  found(player: number, by: number): void {
    this.complaints.get(player)?.get(by)?.cancel();
    this.complaints.get(player)?.delete(by);
  }

  /** The player is out of the match, in whatever way: nothing about or by it is pending. */
  settle(player: number): void {
    this.connected(player);
    for (const { cancel } of this.complaints.get(player)?.values() ?? []) cancel();
    this.complaints.delete(player);
    for (const target of this.complaints.keys()) this.found(target, player);
  }

  /** How much longer the player may sleep, ms. */
  private sleep(player: number): number {
    const since = this.asleepSince.get(player);
    return since === undefined
      ? 0
      : Math.max(since + this.timings.sleepGraceMs - this.clock.now(), 0);
  }

  close(): void {
    for (const cancel of this.absences.values()) cancel();
    this.absences.clear();
    for (const target of this.complaints.values())
      for (const { cancel } of target.values()) cancel();
    this.complaints.clear();
  }
}
