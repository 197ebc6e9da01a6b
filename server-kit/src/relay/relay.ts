import {
  LINK_KIND,
  LINK_KIND_MASK,
  MAX_RELAY_BYTES,
  RelayRequest,
  readMessage,
} from '@cotrial/core/contract';
import type { Limits } from '../limits.ts';
import type { Lobby } from '../lobby/lobby.ts';
import type { Presence } from '../lobby/presence.ts';

/**
 * Forwards packets between members of one match whose own link does not work. Their content is
 * never looked at, but for the kind in their first byte, by which inputs are counted. What is not allowed is dropped and counted, without an answer: a packet is worth
 * nothing later.
 */
export class Relay {
  /** Input packets, over all matches since the start of the server. */
  relayed = 0;
  /** Packets of every kind that were not forwarded. */
  dropped = 0;

  constructor(
    private readonly lobby: Lobby,
    private readonly presence: Presence,
    private readonly limits: Limits,
  ) {}

  /** @returns `over` or `flood` if the sender should be held back or disconnected. */
  async forward(participant: string, args: readonly unknown[]): Promise<'ok' | 'over' | 'flood'> {
    const request = readMessage(RelayRequest, args);
    const size = request.ok ? request.message[1].byteLength : MAX_RELAY_BYTES;
    const packets = await this.limits.relayPackets.take(participant);
    const bytes = await this.limits.relayBytes.take(participant, size);
    if (packets === 'flood' || bytes === 'flood') return 'flood';
    const place = this.lobby.seatOf(participant);
    if (!request.ok || packets === 'over' || bytes === 'over' || place === null) {
      this.drop(place?.match);
      return packets;
    }
    const [to, packet] = request.message;
    const { match, seat } = place;
    const target = match.seats[to];
    const reachable =
      target !== undefined &&
      target !== seat &&
      target.departure === null &&
      !target.finished &&
      this.presence.isConnected(target.participant);
    if (!reachable) {
      this.drop(match);
      return 'ok';
    }
    if ((packet[0]! & LINK_KIND_MASK) === LINK_KIND.input) {
      match.relayed += 1;
      this.relayed += 1;
    }
    this.presence.send(target.participant, 'relay', seat.player, packet);
    return 'ok';
  }

  private drop(match: { dropped: number } | undefined): void {
    this.dropped += 1;
    if (match !== undefined) match.dropped += 1;
  }
}
