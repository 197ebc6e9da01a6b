import type { PlayerIndex } from '../contract/index.ts';
import type { Packet } from '../protocol/packet.ts';

/**
 * Who has understood whom (docs/protocol.md, "The hello"). A hello is said in every packet until
 * its receiver holds an input of ours: it takes none before it has accepted our hello.
 */
export class Handshake {
  private readonly accepted: boolean[];
  private readonly acceptedBy: boolean[];
  private readonly refused: boolean[];

  constructor(
    players: number,
    private readonly local: PlayerIndex,
  ) {
    this.accepted = Array.from({ length: players }, () => false);
    this.acceptedBy = Array.from({ length: players }, () => false);
    this.refused = Array.from({ length: players }, () => false);
  }

  /** Whether a packet to `to` must begin with a hello. */
  mustSay(to: PlayerIndex): boolean {
    return !this.acceptedBy[to]!;
  }

  /** Whether a packet may be taken: it has a hello, or one of its sender was accepted before. */
  admits(from: PlayerIndex, packet: Packet): boolean {
    return packet.hello || this.accepted[from]!;
  }

  /** Takes what a good packet shows. */
  learn(from: PlayerIndex, packet: Packet): void {
    this.accepted[from] = true;
    if (packet.held[this.local]! > 0) this.acceptedBy[from] = true;
  }

  /**
   * A packet of `from` was refused for what its sender is.
   *
   * @returns whether that is news. From one who was accepted before it is a broken packet.
   */
  refuse(from: PlayerIndex): boolean {
    if (this.accepted[from] || this.refused[from]) return false;
    this.refused[from] = true;
    return true;
  }
}
