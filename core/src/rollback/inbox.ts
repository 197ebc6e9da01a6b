import type { Frame, PlayerIndex } from '../contract/index.ts';
import { ProtocolError } from '../protocol/error.ts';
import { Packet } from '../protocol/packet.ts';
import type { Match } from './match.ts';

/** Takes packets in. Checks everything before it changes anything. */
export class Inbox {
  private readonly packet: Packet;
  /** Others' inputs taken so far, each once. */
  inputsReceived = 0;

  constructor(private readonly match: Match) {
    this.packet = new Packet(match.shape);
  }

  /**
   * @param from who sent it: not this peer, and not one who left
   * @param ourFrame where this peer is, with the part of the present tick that has gone by
   */
  take(from: PlayerIndex, bytes: Uint8Array, ourFrame: number): ProtocolError | null {
    const { match, packet } = this;
    const error = packet.decode(bytes, from) ?? this.contradiction(from);
    if (error !== null) return error;

    match.handshake.learn(from, packet);
    match.checksums.receive(from, packet);
    match.departures.learn(from, packet);
    match.marks.learn(from, packet.episode, packet.held);
    if (packet.episode === match.episode) {
      this.append(from, packet.base, 0, packet.inputCount);
      for (let i = 0; i < packet.fillCount; i++) {
        const fill = packet.fills[i]!;
        if (match.departures.hasLeft(fill.player)) {
          this.append(fill.player, fill.base, fill.start, fill.count);
        }
      }
      if (!match.finishing) match.sync.observe(from, packet.frame, packet.advantage, ourFrame);
    }
    if (match.departures.count > 0 && !match.departures.resolved) match.departuresChanged();
    return null;
  }

  /** Of the packet taken last: episode and next frame of its sender. */
  get episode(): number {
    return this.packet.episode;
  }
  get frame(): Frame {
    return this.packet.frame;
  }

  /** What no correct peer says, given what this one has sent. */
  private contradiction(from: PlayerIndex): ProtocolError | null {
    const { match, packet } = this;
    const { local, episodes } = match.options;
    const wrong = (message: string) => new ProtocolError('impossible', message);
    if (!match.handshake.admits(from, packet)) return wrong('no hello before the first packet');
    if (packet.episode > match.episode + 1 && packet.episode !== episodes) {
      return wrong(`episode ${packet.episode} in episode ${match.episode}`);
    }
    if (packet.episode > episodes) return wrong(`episode ${packet.episode} of ${episodes}`);
    if (!match.departures.matches(packet)) return wrong('another order of departures');
    if (packet.episode !== match.episode) return null;
    if (packet.held[local]! > match.queues[local]!.held) return wrong('inputs that were not sent');
    if (packet.base > match.queues[from]!.held) return wrong('a gap in the inputs');
    for (let i = 0; i < packet.fillCount; i++) {
      const fill = packet.fills[i]!;
      if (fill.base > match.queues[fill.player]!.held) return wrong('a gap in the fills');
    }
    return null;
  }

  /** Appends those of `count` inputs from frame `base` on that are lacking here. */
  private append(player: PlayerIndex, base: number, start: number, count: number): void {
    const { match, packet } = this;
    const queue = match.queues[player]!;
    const from = queue.held;
    const { inputs } = packet;
    const most = Math.min(count, match.departures.cut(player, match.episode) - base);
    for (let i = from - base; i < most; i++) {
      const at = start + i;
      if (!queue.push(inputs.metas[at]!, inputs.actions, at * inputs.actionBytes)) break;
    }
    if (queue.held === from) return;
    this.inputsReceived += queue.held - from;
    match.inputsArrived(player, from);
  }
}
