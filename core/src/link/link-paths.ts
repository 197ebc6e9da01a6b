import type { Milliseconds, PlayerIndex } from '../contract/index.ts';
import type { ControlPacket } from './control-stream.ts';
import { SUSPECT_AFTER_MS, type PathMeasurement } from './failover.ts';
import { encodeLinkPacket, KIND, type LinkPacket } from './link-packet.ts';
import type { RelayPort } from './link.ts';
import { PageLateness } from './page-lateness.ts';
import { PathMeter } from './path-meter.ts';
import type { PeerPath } from './peer-path.ts';

export type PathName = 'peer' | 'relay';

/**
 * This page itself stood still if nothing called the link for so long: it is ticked every 100 ms.
 * Packets that came meanwhile may lie behind the tick in the page's queue.
 */
const ASLEEP_MS: Milliseconds = 250;

/** The two ways of one link, with what is measured of each: sends, counts, and decides nothing. */
export class LinkPaths {
  peer: PeerPath | null = null;
  readonly meters = { peer: new PathMeter(), relay: new PathMeter() };
  readonly sent = { peer: 0, relay: 0 };
  readonly received = { peer: 0, relay: 0 };
  readonly lateness: PageLateness;
  private awakeAt: Milliseconds;
  /** Since when the relay answers within the present silence of the peer connection. */
  private relayAnswersSince: Milliseconds | null = null;

  constructor(
    private readonly player: PlayerIndex,
    private readonly relay: RelayPort,
    private readonly startedAt: Milliseconds,
  ) {
    this.awakeAt = startedAt;
    this.lateness = new PageLateness(startedAt);
  }

  get peerOpen(): boolean {
    return this.peer?.open === true;
  }

  get bufferedBytes(): number {
    return this.peer?.bufferedBytes ?? 0;
  }

  /** Something arrived. */
  heard(on: PathName, now: Milliseconds): void {
    if (on === 'peer') this.relayAnswersSince = null;
    else if (this.silence('peer', now) >= SUSPECT_AFTER_MS) this.relayAnswersSince ??= now;
    this.meters[on].heard(now);
  }

  /** Time since this path brought anything. */
  silence(on: PathName, now: Milliseconds): Milliseconds {
    return now - (this.meters[on].heard_at ?? this.startedAt);
  }

  /** Counts only the time in which this page was awake as silence of the other. */
  awake(now: Milliseconds): void {
    const gap = now - this.awakeAt;
    this.awakeAt = now;
    if (gap < ASLEEP_MS) return;
    for (const meter of [this.meters.peer, this.meters.relay]) meter.forgive(gap);
    this.relayAnswersSince = null;
  }

  sendInput(on: PathName, era: number, payload: Uint8Array): void {
    if (on === 'peer' && !this.peerOpen) return;
    const sequence = this.meters[on].sequence();
    this.send(on, { kind: KIND.input, era, sequence, payload });
    this.sent[on] += 1;
  }

  /** Unless the last ping there is less than `every` ago. */
  ping(on: PathName, era: number, every: Milliseconds, now: Milliseconds): void {
    const meter = this.meters[on];
    if (now - meter.pinged_at < every || (on === 'peer' && !this.peerOpen)) return;
    const sequence = meter.sequence();
    meter.pingSent(sequence, now, this.lateness.until(now));
    this.send(on, { kind: KIND.ping, era, sequence });
  }

  pong(on: PathName, era: number, ping: number): void {
    this.send(on, { kind: KIND.pong, era, sequence: this.meters[on].sequence(), ping });
  }

  sendControl(on: PathName, era: number, packet: ControlPacket): void {
    const bytes = encodeLinkPacket({ ...packet, era });
    if (on === 'relay') this.relay.send(this.player, bytes);
    else this.peer?.sendControl(bytes);
  }

  /** Of the peer connection, beside the relay. */
  measure(now: Milliseconds, lossOver: Milliseconds): PathMeasurement {
    const { peer, relay } = this.meters;
    return {
      silent_ms: this.silence('peer', now),
      relay_answers_for_ms: this.relayAnswersSince === null ? null : now - this.relayAnswersSince,
      loss: peer.loss(now, lossOver),
      buffered_bytes: this.bufferedBytes,
      slow: peer.slowness.current,
      rtt_ms: peer.rtt_ms,
      relay_rtt_ms: relay.rtt_ms,
    };
  }

  close(): void {
    this.peer?.close();
    this.peer = null;
  }

  private send(on: PathName, packet: LinkPacket): void {
    const bytes = encodeLinkPacket(packet);
    if (on === 'relay') this.relay.send(this.player, bytes);
    else if (this.peer?.open === true) this.peer.sendInput(bytes);
  }
}
