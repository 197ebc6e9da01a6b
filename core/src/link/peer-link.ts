/**
 * One link of the mesh: which path it uses now, and what is known of it.
 *
 * It begins on the peer connection. Pings prove that path both ways; then the link is `up`. When
 * the peer connection closes, fails, or is judged worse than the relay (failover.ts), this side
 * moves to the relay, and the other side follows (link-era.ts). A move lasts until an episode ends:
 * a link that goes back and forth would lose more than it wins. Meanwhile the peer connection is
 * pinged on, or made anew; if it works again by then, the link goes back.
 * When neither path carries anything the link is `down`, until a ping is answered again.
 *
 * No timer and no browser in here: the mesh calls `tick` about every 100 ms and hands in the clock.
 */
import type { Milliseconds, PlayerIndex } from '../contract/index.ts';
import { ControlStream, type ControlPacket } from './control-stream.ts';
import {
  FailoverJudge,
  isHealed,
  LOSS_JUDGED_OVER_MS,
  PROBE_AFTER_MS,
  SUSPECT_AFTER_MS,
} from './failover.ts';
import { FIRST_ERA, isOnRelay, nextEra, turnsAhead } from './link-era.ts';
import { qualityOf, type LinkQuality } from './link-quality.ts';
import { LinkPaths, type PathName } from './link-paths.ts';
import { LinkTypes } from './link-types.ts';
import type { LinkStatus, MeshEvents, RelayPort } from './link.ts';
import {
  decodeLinkPacket,
  KIND,
  MAX_CONTROL_BYTES,
  MAX_INPUT_BYTES,
  type LinkPacket,
} from './link-packet.ts';
import type { PathMeter } from './path-meter.ts';
import { LOSS_WINDOW_MS, PROBE_PINGS } from './path-meter.ts';
import { AttemptPace, type PeerPath } from './peer-path.ts';
import { RelayPace } from './relay-pace.ts';

/** Answered pings that prove a path: one could be luck, and three give a first round trip. */
const PROOF_PONGS = 3;
/** A probe on an open peer connection takes half a second; what needs longer is no connection. */
const PROBE_BUDGET_MS: Milliseconds = 2_000;
/** Without a proven peer connection by then, the relay must do: half of the time for proof. */
export const PEER_PROOF_MS: Milliseconds = 8_000;
/** Between pings in play: two a second cost under 20 bytes. */
const PING_MS: Milliseconds = 500;
/** Between pings on a peer connection that was left: enough to judge its loss within seconds. */
const HEALING_PING_MS: Milliseconds = 100;
/** A turn of the other side's so soon after the last is not followed: it is repeated if it is meant. */
const TURN_AGAIN_MS: Milliseconds = 1_000;
/** Between pings while the answer is waited for. */
const QUICK_PING_MS: Milliseconds = 100;
/** Neither path carried anything for so long: the link is down. */
export const DOWN_AFTER_MS: Milliseconds = 1_500;

/** A packet or message is larger than any link carries. Split it. */
export class LinkSizeError extends RangeError {
  override readonly name = 'LinkSizeError';
}

export class PeerLink {
  private era = FIRST_ERA;
  private turnedAt: Milliseconds = -Infinity;
  private proven = false;
  private down = false;
  private closed = false;
  private settled = false;
  private pathWasOpen = false;
  private openedAt: Milliseconds = Infinity;
  private quality: LinkQuality = 'good';
  private readonly paths: LinkPaths;
  private readonly judge = new FailoverJudge();
  private readonly control: ControlStream;
  private readonly types: LinkTypes;
  private readonly attempts = new AttemptPace();

  /** @param epoch wall clock, ms since 1970, for the log of changes */
  constructor(
    private readonly player: PlayerIndex,
    private readonly relay: RelayPort,
    private readonly events: MeshEvents,
    private readonly startedAt: Milliseconds,
    epoch: () => number,
    /** The link is up only once its probe is complete. */
    private readonly probing = false,
    /** One for all links of this player. */
    private readonly relayPace = new RelayPace(),
  ) {
    this.paths = new LinkPaths(player, relay, startedAt);
    this.types = new LinkTypes(epoch, (type, reason) => events.type(player, type, reason));
    this.control = new ControlStream(
      (packet, now) => this.transmitControl(packet, now),
      (message) => this.events.control(player, message),
    );
  }

  /** Whether a peer connection should be offered now: it never worked, or is to be made anew. */
  wantsPeer(now: Milliseconds): boolean {
    return this.takesPeer && (!this.moved || this.attempts.isDue(now));
  }

  /** Whether an offer of the other side is welcome: it may have noticed first that one is needed. */
  get takesPeer(): boolean {
    if (this.closed || this.settled) return false;
    return this.moved ? !this.paths.peerOpen : !this.pathWasOpen;
  }

  /** Pings were answered both ways. */
  get isProven(): boolean {
    return this.proven;
  }

  /** Takes a new peer connection in the place of an older one that never opened, or closed. */
  usePath(path: PeerPath, now: Milliseconds): void {
    this.paths.close();
    this.paths.peer = path;
    this.types.forgetPeer();
    if (this.moved) this.attempts.begin(now);
  }

  /** Both channels of the peer connection are open. */
  pathOpened(now: Milliseconds): void {
    if (this.closed) return;
    this.pathWasOpen = true;
    this.openedAt = now;
    this.paths.meters.peer.heard(now);
    if (!this.moved) this.control.restart(now);
    this.tick(now);
  }

  /** The peer connection that was open is gone, or cannot come to be. */
  pathFailed(reason: string, now: Milliseconds): void {
    if (!this.closed) this.move(reason, now);
  }

  /** What getStats says of the candidate pair in use. */
  pathType(type: 'direct' | 'turn', reason: string): void {
    if (!this.closed) this.types.measured(type, reason);
  }

  /** An episode begins: the latch of a move opens. */
  boundary(now: Milliseconds): void {
    if (this.closed || this.settled || !this.moved || !this.paths.peerOpen) return;
    if (!isHealed(this.paths.measure(now, LOSS_WINDOW_MS), this.paths.meters.peer.pongs)) return;
    this.goBack('the peer connection works again', nextEra(this.era), now);
  }

  send(packet: Uint8Array, now: Milliseconds): void {
    if (packet.length > MAX_INPUT_BYTES) {
      throw new LinkSizeError(
        `an input packet of ${packet.length} bytes: send at most ${MAX_INPUT_BYTES}`,
      );
    }
    if (this.closed) return;
    this.paths.awake(now);
    this.noticeClosedPath(now);
    // Whatever the path in use, when it is silent the other one is tried beside it.
    const both =
      !this.settled && this.proven && this.paths.silence(this.inUse, now) >= SUSPECT_AFTER_MS;
    if (!this.moved || both) this.paths.sendInput('peer', this.era, packet);
    if (this.moved || both) this.paths.sendInput('relay', this.era, packet);
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
    this.paths.awake(now);
    this.follow(packet.era, now);
    this.handle('peer', packet, now);
  }

  fromRelay(bytes: Uint8Array, now: Milliseconds): void {
    if (this.closed) return;
    const packet = decodeLinkPacket(bytes);
    if (packet === null) return;
    this.paths.awake(now);
    this.follow(packet.era, now);
    this.noticeClosedPath(now);
    this.handle('relay', packet, now);
  }

  tick(now: Milliseconds): void {
    if (this.closed) return;
    this.paths.awake(now);
    this.paths.lateness.ticked(now);
    this.noticeClosedPath(now);
    if (!this.moved) this.judgePath(now);
    this.ping(now);
    if (this.moved) this.control.resendWhenStuck(now);
    this.noticeSilence(now);
    this.noticeQuality();
  }

  status(now: Milliseconds): LinkStatus {
    const meter = this.meter;
    return {
      player: this.player,
      type: this.types.current,
      proven: this.proven,
      rtt_ms: meter.rtt_ms,
      jitter_ms: meter.jitter_ms,
      probe_ms: meter.probe_ms,
      loss: meter.loss(now).share,
      gaps: meter.gaps,
      buffered_bytes: this.paths.bufferedBytes,
      quality: this.quality,
      changes: this.types.changes.map((change) => ({ ...change })),
      inputs_sent: { ...this.paths.sent },
      inputs_received: { ...this.paths.received },
    };
  }

  /** From now on a path that closes is no reason to move. */
  settle(): void {
    this.settled = true;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.paths.close();
  }

  private get moved(): boolean {
    return isOnRelay(this.era);
  }

  private get inUse(): PathName {
    return this.moved ? 'relay' : 'peer';
  }

  private get meter(): PathMeter {
    return this.paths.meters[this.inUse];
  }

  private handle(from: PathName, packet: LinkPacket, now: Milliseconds): void {
    this.paths.heard(from, now);
    const meter = this.paths.meters[from];
    switch (packet.kind) {
      case KIND.input:
        meter.received(packet.sequence, now);
        this.paths.received[from] += 1;
        this.events.packet(this.player, packet.payload);
        break;
      case KIND.ping:
        meter.received(packet.sequence, now);
        meter.pinged = true;
        this.paths.pong(from, this.era, packet.sequence);
        this.noticeProof();
        break;
      case KIND.pong:
        meter.received(packet.sequence, now);
        meter.pongReceived(packet.ping, now, this.paths.lateness.until(now));
        this.noticeProof();
        break;
      case KIND.control:
        this.control.received(packet.number, packet.payload, now);
        break;
      case KIND.ack:
        this.control.acknowledged(packet.next, now);
        break;
    }
  }

  private noticeProof(): void {
    const meter = this.meter;
    const needed = this.probing ? PROBE_PINGS : PROOF_PONGS;
    if (!this.proven && meter.pinged && meter.pongs >= needed) {
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
      this.paths.meters.peer.heard_at ?? this.startedAt,
      this.paths.meters.relay.heard_at ?? this.startedAt,
    );
    if (now - heard < DOWN_AFTER_MS) return;
    this.down = true;
    this.paths.meters.peer.pongs = 0;
    this.paths.meters.relay.pongs = 0;
    const server = this.relay.connected ? 'and the relay brings nothing' : 'and the server is away';
    this.events.down(this.player, `nothing arrives from this player, ${server}`);
  }

  private judgePath(now: Milliseconds): void {
    if (!this.proven) {
      if (now - this.startedAt >= PEER_PROOF_MS) this.move('no peer connection in time', now);
      else if (this.probing && now - this.openedAt >= PROBE_BUDGET_MS) {
        this.move('the probe was not answered in time', now);
      }
      return;
    }
    // Bad as the path may be, without the server there is no better one.
    if (!this.relay.connected) return;
    const reason = this.judge.judge(this.paths.measure(now, LOSS_JUDGED_OVER_MS), now);
    if (reason !== null) this.move(reason, now);
  }

  private ping(now: Milliseconds): void {
    const silence = this.paths.silence('peer', now);
    const urgent =
      !this.proven || this.down || this.paths.silence(this.inUse, now) >= PROBE_AFTER_MS;
    const every = urgent ? QUICK_PING_MS : PING_MS;
    if (!this.settled || !this.moved)
      this.paths.ping('peer', this.era, this.moved ? HEALING_PING_MS : every, now);
    const slow = this.paths.meters.peer.slowness.begun;
    const doubtful = this.proven && (silence >= SUSPECT_AFTER_MS || slow);
    if (this.moved || doubtful) this.paths.ping('relay', this.era, every, now);
  }

  private noticeQuality(): void {
    const { rtt_ms } = this.meter;
    if (!this.proven || rtt_ms === null) return;
    const quality = qualityOf(rtt_ms, this.quality);
    if (quality === this.quality) return;
    this.quality = quality;
    this.events.quality(this.player, quality, rtt_ms);
  }

  private noticeClosedPath(now: Milliseconds): void {
    if (!this.moved && this.pathWasOpen && !this.paths.peerOpen) {
      this.move('peer connection closed', now);
    }
  }

  /** The other side turned, perhaps more than once since it was last heard. */
  private follow(era: number, now: Milliseconds): void {
    const ahead = turnsAhead(era, this.era);
    if (ahead <= 0 || this.settled || now - this.turnedAt < TURN_AGAIN_MS) return;
    if (isOnRelay(era) === this.moved) this.era = era;
    else if (isOnRelay(era)) this.move('the other side moved', now, era);
    else if (this.paths.peerOpen) this.goBack('the other side went back', era, now);
  }

  private move(reason: string, now: Milliseconds, era = nextEra(this.era)): void {
    if (this.moved || this.settled) return;
    if (!this.pathWasOpen) this.paths.close();
    this.types.toRelay(reason);
    this.attempts.begin(now);
    this.turn(era, now);
  }

  private goBack(reason: string, era: number, now: Milliseconds): void {
    this.attempts.reset();
    this.judge.reset();
    this.paths.meters.peer.slowness.reset();
    this.types.toPeer(reason);
    this.turn(era, now);
  }

  private turn(era: number, now: Milliseconds): void {
    this.era = era;
    this.turnedAt = now;
    if (this.moved) this.paths.meters.peer.forget();
    // The first packet of the new era must not wait for the next input or tick.
    this.paths.ping(this.inUse, this.era, 0, now);
    this.control.restart(now);
  }

  private transmitControl(packet: ControlPacket, now: Milliseconds): boolean {
    const open = this.paths.peerOpen;
    if (!this.moved && !open) return false;
    // Without the server, a peer connection that was left is still the better way.
    const byRelay = this.moved && (this.relay.connected || !open);
    const bytes = packet.kind === KIND.control ? packet.payload.length : 0;
    if (byRelay && bytes > 0 && !this.relayPace.take(bytes, now)) return false;
    this.paths.sendControl(byRelay ? 'relay' : 'peer', this.era, packet);
    return true;
  }
}
