import type { LinkType } from '../contract/index.ts';
import type { LinkStatus } from './link.ts';

/**
 * Changes that are kept: a link turns at most twice an episode, and ICE changes a candidate pair a
 * few times an hour. The rest of a partner's mischief is not written down.
 */
const MAX_CHANGES = 200;

/** What a link runs over now, and since when it ran over what (NET-4). */
export class LinkTypes {
  current: LinkType | null = null;
  readonly changes: LinkStatus['changes'] = [];
  /** Of the peer connection, also while it is not in use. */
  private peer: 'direct' | 'turn' | null = null;

  /** @param epoch wall clock, ms since 1970 */
  constructor(
    private readonly epoch: () => number,
    private readonly changed: (type: LinkType, reason: string) => void,
  ) {}

  /** What getStats says of the peer connection. */
  measured(type: 'direct' | 'turn', reason: string): void {
    this.peer = type;
    if (this.current !== 'server') this.set(type, reason);
  }

  toRelay(reason: string): void {
    this.set('server', reason);
  }

  toPeer(reason: string): void {
    // Else it is not known yet, and `measured` will tell.
    this.current = null;
    if (this.peer !== null) this.set(this.peer, reason);
  }

  /** The peer connection is another one now. */
  forgetPeer(): void {
    this.peer = null;
  }

  private set(type: LinkType, reason: string): void {
    if (type === this.current) return;
    this.current = type;
    if (this.changes.length < MAX_CHANGES) this.changes.push({ at_ms: this.epoch(), type, reason });
    this.changed(type, reason);
  }
}
