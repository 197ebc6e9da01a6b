import type {
  Milliseconds,
  PeerLostReply,
  PlayerIndex,
  PlayerLeftMessage,
} from '../contract/index.ts';
import type { Timers } from './timers.ts';

/** How long a match waits for a partner who cannot be reached (NET-10), ms. */
export const UNREACHABLE_MS: Milliseconds = 15_000;
/** A server that takes longer than this to answer then is as good as away, ms. */
const SERVER_ANSWER_MS: Milliseconds = 2_000;

export interface ReachParts {
  match_id: string;
  /** The other players of the match. */
  others: readonly PlayerIndex[];
  timers: Pick<Timers, 'after' | 'delay'>;
  server: {
    readonly connected: boolean;
    /** Tells the server that no path reaches `player`; settles when it has answered. */
    peerLost(match_id: string, player: PlayerIndex): Promise<PeerLostReply>;
  };
  /** What the server knows of a player who is missing still. */
  told(player: PlayerIndex, reply: PeerLostReply): void;
  /** The server is away, and others are there: they go on without the player. */
  gone(departure: PlayerLeftMessage): void;
  /** The server is away, and so is everybody else. */
  isolated(departure: PlayerLeftMessage): void;
}

/** Which other players are reached in play, and what follows when one is not (NET-10). */
export class Reach {
  /** Players whom no path reaches now, with the cancellation of what is to follow. */
  private readonly missing = new Map<PlayerIndex, () => void>();
  private readonly departed = new Set<PlayerIndex>();

  constructor(private readonly parts: ReachParts) {}

  /** Nobody is missing. */
  get whole(): boolean {
    return this.missing.size === 0;
  }

  lost(player: PlayerIndex, reason: string): void {
    const { match_id } = this.parts;
    void this.report(player);
    this.awaitDeparture({ match_id, player, order: 0, outcome: 'connection_lost', reason });
  }

  found(player: PlayerIndex): void {
    this.missing.get(player)?.();
    this.missing.delete(player);
  }

  /** The player has left the match: nobody waits for it any more. */
  left(player: PlayerIndex): void {
    this.found(player);
    this.departed.add(player);
  }

  close(): void {
    for (const cancel of this.missing.values()) cancel();
    this.missing.clear();
  }

  /** The server orders departures. Where it does not answer either, this peer decides alone. */
  private awaitDeparture(departure: PlayerLeftMessage): void {
    const { timers, server } = this.parts;
    const { player } = departure;
    const cancel = timers.after(UNREACHABLE_MS, () => {
      // A silent network leaves the connection as it was: only an answer says that it works.
      const answers = this.report(player);
      const silent = timers.delay(server.connected ? SERVER_ANSWER_MS : 0).then(() => false);
      void Promise.race([answers, silent]).then((answered) => {
        if (this.missing.get(player) !== cancel) return;
        if (answered) this.awaitDeparture(departure);
        else if (this.reachesAnybody) this.parts.gone(departure);
        else this.parts.isolated(departure);
      });
    });
    this.missing.set(player, cancel);
  }

  /** Resolves to whether the server has answered. */
  private report(player: PlayerIndex): Promise<boolean> {
    const { match_id, server } = this.parts;
    return server.peerLost(match_id, player).then(
      (reply) => {
        if (this.missing.has(player)) this.parts.told(player, reply);
        return true;
      },
      () => false,
    );
  }

  private get reachesAnybody(): boolean {
    return this.parts.others.some(
      (player) => !this.missing.has(player) && !this.departed.has(player),
    );
  }
}
