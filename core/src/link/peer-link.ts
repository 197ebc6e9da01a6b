/**
 * One link of the mesh: which path it uses now, and what is known of it.
 *
 * It begins on the peer connection. Pings prove that path both ways; then the link is `up`. When
 * the peer connection closes, fails, or is judged worse than the relay (failover.ts), this side
 * moves to the relay and marks everything that it relays as MOVED; the other side moves when it
 * sees the mark. A move lasts: a link that goes back and forth would lose more than it wins.
 * When neither path carries anything the link is `down`, until a ping is answered again.
 *
 * No timer and no browser in here: the mesh calls `tick` about every 100 ms and hands in the clock.
 */
import type { LinkType, Milliseconds, PlayerIndex } from '../contract/index.ts';
import { ControlStream, type ControlPacket } from './control-stream.ts';
import {
  FailoverJudge,
  LOSS_JUDGED_OVER_MS,
  MAX_RTT_MS,
  PROBE_AFTER_MS,
  SUSPECT_AFTER_MS,
} from './failover.ts';
import type { LinkStatus, MeshEvents, RelayPort } from './link.ts';
import {
  decodeLinkPacket,
  encodeLinkPacket,
  KIND,
  MAX_CONTROL_BYTES,
  MAX_INPUT_BYTES,
  type LinkPacket,
} from './link-packet.ts';
import { PathMeter } from './path-meter.ts';

/** The peer connection, as a link needs it. */
export interface PeerPath {
  /** Both channels are open. Asked before every packet: a closed channel is noticed at once. */
  readonly open: boolean;
  readonly bufferedBytes: number;
  sendInput(bytes: Uint8Array): void;
  sendControl(bytes: Uint8Array): void;
  close(): void;
}

/** Answered pings that prove a path: one could be luck, and three give a first round trip. */
const PROOF_PONGS = 3;
/** Without a proven peer connection by then, the relay must do: half of the time for proof. */
export const PEER_PROOF_MS: Milliseconds = 8_000;
/** Between pings in play: two a second cost under 20 bytes. */
const PING_MS: Milliseconds = 500;
/** Between pings while the answer is waited for. */
const QUICK_PING_MS: Milliseconds = 100;
/** Neither path carried anything for so long: the link is down. */
export const DOWN_AFTER_MS: Milliseconds = 1_500;
/**
 * This page itself stood still if nothing called the link for so long: it is ticked every 100 ms.
 * Packets that came meanwhile may lie behind the tick in the page's queue.
 */
const ASLEEP_MS: Milliseconds = 250;

/** A packet or message is larger than any link carries. Split it. */
export class LinkSizeError extends RangeError {
  override readonly name = 'LinkSizeError';
}

export class PeerLink {
  private path: PeerPath | null = null;
  private moved = false;
  private proven = false;
  private down = false;
  private closed = false;
  private settled = false;
  private pathWasOpen = false;
  private type: LinkType | null = null;
  private awakeAt: Milliseconds;
  /** Since when the relay answers within the present silence of the peer connection. */
  private relayAnswersSince: Milliseconds | null = null;
  private readonly meters = { peer: new PathMeter(), relay: new PathMeter() };
  private readonly judge = new FailoverJudge();
  private readonly control: ControlStream;
  private readonly changes: LinkStatus['changes'] = [];
  private readonly sent = { peer: 0, relay: 0 };
  private readonly got = { peer: 0, relay: 0 };

  /** @param epoch wall clock, ms since 1970, for the log of changes */
  constructor(
    private readonly player: PlayerIndex,
    private readonly relay: RelayPort,
    private readonly events: MeshEvents,
    private readonly startedAt: Milliseconds,
    private readonly epoch: () => number,
  ) {
    this.awakeAt = startedAt;
    this.control = new ControlStream(
      (packet) => this.transmitControl(packet),
      (message) => this.events.control(player, message),
    );
  }

  /** Whether a peer connection is still wanted: it never worked, and the link has not moved. */
  get wantsPeer(): boolean {
    return !this.closed && !this.moved && !this.pathWasOpen;
  }

  /** Pings were answered both ways. */
  get isProven(): boolean {
    return this.proven;
  }

  /** Takes a new peer connection in the place of an older one that never opened. */
  usePath(path: PeerPath): void {
    this.path?.close();
    this.path = path;
  }

  /** Both channels of the peer connection are open. */
  pathOpened(now: Milliseconds): void {
    if (this.closed) return;
    this.pathWasOpen = true;
    this.meters.peer.heard(now);
    if (!this.moved) this.control.restart(now);
    this.tick(now);
  }

  /** The peer connection that was open is gone, or cannot come to be. */
  pathFailed(reason: string, now: Milliseconds): void {
    if (this.closed) return;
    this.move(reason, now);
  }

  /** What getStats says of the candidate pair in use. */
  pathType(type: 'direct' | 'turn', reason: string): void {
    if (!this.closed && !this.moved) this.setType(type, reason);
  }

  send(packet: Uint8Array, now: Milliseconds): void {
    if (packet.length > MAX_INPUT_BYTES) {
      throw new LinkSizeError(
        `an input packet of ${packet.length} bytes: send at most ${MAX_INPUT_BYTES}`,
      );
    }
    if (this.closed) return;
    this.awake(now);
    this.noticeClosedPath(now);
    const both =
      !this.moved && !this.settled && this.proven && this.silence(now) >= SUSPECT_AFTER_MS;
    if (!this.moved && this.path?.open === true) {
      const sequence = this.meters.peer.sequence();
      this.path.sendInput(
        encodeLinkPacket({ kind: KIND.input, moved: false, sequence, payload: packet }),
      );
      this.sent.peer += 1;
    }
    if (this.moved || both) {
      const sequence = this.meters.relay.sequence();
      this.toRelay({ kind: KIND.input, moved: this.moved, sequence, payload: packet });
      this.sent.relay += 1;
    }
  }

  sendControl(message: Uint8Array, now: Milliseconds): void {
    if (message.length > MAX_CONTROL_BYTES) {
      throw new LinkSizeError(
        `a control message of ${message.length} bytes: send at most ${MAX_CONTROL_BYTES}`,
      );
    }
    if (this.closed) return;
    this.noticeClosedPath(now);
    this.control.send(message, now);
  }

  /** Bytes from the peer connection, from either channel. */
  fromPeer(bytes: Uint8Array, now: Milliseconds): void {
    if (this.closed) return;
    const packet = decodeLinkPacket(bytes);
    if (packet === null) return;
    this.awake(now);
    this.relayAnswersSince = null;
    this.handle('peer', packet, now);
  }

  fromRelay(bytes: Uint8Array, now: Milliseconds): void {
    if (this.closed) return;
    const packet = decodeLinkPacket(bytes);
    if (packet === null) return;
    this.awake(now);
    if (packet.moved && !this.moved) this.move('the other side moved', now);
    else this.noticeClosedPath(now);
    if (this.silence(now) >= SUSPECT_AFTER_MS) this.relayAnswersSince ??= now;
    this.handle('relay', packet, now);
  }

  tick(now: Milliseconds): void {
    if (this.closed) return;
    this.awake(now);
    this.noticeClosedPath(now);
    if (!this.moved) this.judgePath(now);
    this.ping(now);
    if (this.moved) this.control.resendWhenStuck(now);
    this.noticeSilence(now);
  }

  status(now: Milliseconds): LinkStatus {
    const meter = this.meter;
    return {
      player: this.player,
      type: this.type,
      proven: this.proven,
      rtt_ms: meter.rtt_ms,
      jitter_ms: meter.jitter_ms,
      loss: meter.loss(now).share,
      changes: this.changes.map((change) => ({ ...change })),
      inputs_sent: { ...this.sent },
      inputs_received: { ...this.got },
    };
  }

  /** From now on a path that closes is no reason to move. */
  settle(): void {
    this.settled = true;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.path?.close();
    this.path = null;
  }

  private get meter(): PathMeter {
    return this.moved ? this.meters.relay : this.meters.peer;
  }

  private handle(from: 'peer' | 'relay', packet: LinkPacket, now: Milliseconds): void {
    const meter = this.meters[from];
    meter.heard(now);
    switch (packet.kind) {
      case KIND.input:
        meter.received(packet.sequence, now);
        this.got[from] += 1;
        this.events.packet(this.player, packet.payload);
        break;
      case KIND.ping:
        meter.received(packet.sequence, now);
        meter.pinged = true;
        this.sendOn(from, {
          kind: KIND.pong,
          moved: this.moved,
          sequence: meter.sequence(),
          ping: packet.sequence,
        });
        this.noticeProof();
        break;
      case KIND.pong:
        meter.received(packet.sequence, now);
        meter.pongReceived(packet.ping, now);
        this.noticeProof();
        break;
      case KIND.control:
        this.control.received(packet.number, packet.payload);
        break;
      case KIND.ack:
        this.control.acknowledged(packet.next, now);
        break;
    }
  }

  private noticeProof(): void {
    const meter = this.meter;
    if (!this.proven && meter.pinged && meter.pongs >= PROOF_PONGS) {
      this.proven = true;
      this.events.up(this.player);
    } else if (this.down && meter.pongs > 0) {
      this.down = false;
      this.events.up(this.player);
    }
  }

  private noticeSilence(now: Milliseconds): void {
    if (!this.proven || this.down || this.settled) return;
    const heard = Math.max(
      this.meters.peer.heard_at ?? this.startedAt,
      this.meters.relay.heard_at ?? this.startedAt,
    );
    if (now - heard < DOWN_AFTER_MS) return;
    this.down = true;
    this.meters.peer.pongs = 0;
    this.meters.relay.pongs = 0;
    const server = this.relay.connected ? 'and the relay brings nothing' : 'and the server is away';
    this.events.down(this.player, `nothing arrives from this player, ${server}`);
  }

  private judgePath(now: Milliseconds): void {
    if (!this.proven) {
      if (now - this.startedAt >= PEER_PROOF_MS) this.move('no peer connection in time', now);
      return;
    }
    // Bad as the path may be, without the server there is no better one.
    if (!this.relay.connected) return;
    const { peer, relay } = this.meters;
    const reason = this.judge.judge(
      {
        silent_ms: this.silence(now),
        relay_answers_for_ms: this.relayAnswersSince === null ? null : now - this.relayAnswersSince,
        loss: peer.loss(now, LOSS_JUDGED_OVER_MS),
        buffered_bytes: this.path?.bufferedBytes ?? 0,
        rtt_ms: peer.rtt_ms,
        relay_rtt_ms: relay.rtt_ms,
      },
      now,
    );
    if (reason !== null) this.move(reason, now);
  }

  private ping(now: Milliseconds): void {
    const silence = this.silence(now);
    const urgent = !this.proven || this.down || silence >= PROBE_AFTER_MS;
    const every = urgent ? QUICK_PING_MS : PING_MS;
    if (!this.moved && this.path?.open === true) this.pingOn('peer', every, now);
    const slow = (this.meters.peer.rtt_ms ?? 0) > MAX_RTT_MS;
    const doubtful = this.proven && (silence >= SUSPECT_AFTER_MS || slow);
    if (this.moved || doubtful) this.pingOn('relay', every, now);
  }

  private pingOn(on: 'peer' | 'relay', every: Milliseconds, now: Milliseconds): void {
    const meter = this.meters[on];
    if (now - meter.pinged_at < every) return;
    const sequence = meter.sequence();
    meter.pingSent(sequence, now);
    this.sendOn(on, { kind: KIND.ping, moved: this.moved, sequence });
  }

  /** Time since the peer connection brought anything. */
  private silence(now: Milliseconds): Milliseconds {
    return now - (this.meters.peer.heard_at ?? this.startedAt);
  }

  private noticeClosedPath(now: Milliseconds): void {
    if (!this.moved && this.pathWasOpen && this.path?.open !== true) {
      this.move('peer connection closed', now);
    }
  }

  private move(reason: string, now: Milliseconds): void {
    if (this.moved || this.settled) return;
    this.moved = true;
    if (!this.pathWasOpen) this.path?.close();
    this.setType('server', reason);
    // The first packet with the mark must not wait for the next input or tick.
    this.pingOn('relay', 0, now);
    this.control.restart(now);
  }

  private setType(type: LinkType, reason: string): void {
    if (type === this.type) return;
    this.type = type;
    this.changes.push({ at_ms: this.epoch(), type, reason });
    this.events.type(this.player, type, reason);
  }

  /** Counts only the time in which this page was awake as silence of the other. */
  private awake(now: Milliseconds): void {
    const gap = now - this.awakeAt;
    this.awakeAt = now;
    if (gap < ASLEEP_MS) return;
    for (const meter of [this.meters.peer, this.meters.relay]) meter.forgive(gap);
    this.relayAnswersSince = null;
  }

  private transmitControl(packet: ControlPacket): boolean {
    if (this.moved) {
      this.toRelay({ ...packet, moved: true });
      return true;
    }
    if (this.path?.open !== true) return false;
    this.path.sendControl(encodeLinkPacket({ ...packet, moved: false }));
    return true;
  }

  private sendOn(on: 'peer' | 'relay', packet: LinkPacket): void {
    if (on === 'relay') this.toRelay(packet);
    else if (this.path?.open === true) this.path.sendInput(encodeLinkPacket(packet));
  }

  private toRelay(packet: LinkPacket): void {
    if (!this.closed) this.relay.send(this.player, encodeLinkPacket(packet));
  }
}
