import type { MatchedMessage } from '@cotrial/core/contract';
import { playPages, until, type Page } from './support.ts';

/** Between packets: a game at 60 frames a second. */
const EVERY_MS = 16;

/** Times in ms. */
export interface Counts {
  sent: number;
  echoed: number;
  median: number;
  p99: number;
}

/** A match beside an attack: two players whose every packet crosses the relay and comes back. */
export class Bystanders {
  private readonly sentAt = new Map<number, number>();
  private readonly trips: number[] = [];
  private next = 0;
  private first = 0;
  private timer: ReturnType<typeof setInterval> | undefined;

  private constructor(
    private readonly pages: Page[],
    private readonly matched: MatchedMessage[],
  ) {
    const [a, b] = pages as [Page, Page];
    b.socket.on('relay', (_, packet) => b.socket.emit('relay', 0, new Uint8Array(packet)));
    a.socket.on('relay', (_, packet) => {
      const n = new DataView(new Uint8Array(packet).buffer).getUint32(1);
      const sent = this.sentAt.get(n);
      if (sent === undefined) return;
      this.sentAt.delete(n);
      this.trips.push(performance.now() - sent);
    });
  }

  static async meet(url: string): Promise<Bystanders> {
    const { pages, matched } = await playPages(url, { game: 'beside' });
    return new Bystanders(pages, matched);
  }

  get peerIds(): string[] {
    return this.matched.map(({ players, you }) => players[you]!.peer_id);
  }

  play(): void {
    this.trips.length = 0;
    this.first = this.next;
    const send = (): void => {
      const packet = new Uint8Array(5);
      packet[0] = 1;
      new DataView(packet.buffer).setUint32(1, this.next);
      this.sentAt.set(this.next++, performance.now());
      this.pages[0]!.socket.emit('relay', 1, packet);
    };
    send();
    this.timer = setInterval(send, EVERY_MS);
  }

  /** Once every packet is back, or one of the two was disconnected. */
  async stop(): Promise<Counts> {
    clearInterval(this.timer);
    await until(() => this.sentAt.size === 0 || this.pages.some(({ socket }) => !socket.connected));
    const sorted = [...this.trips].sort((x, y) => x - y);
    const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? NaN;
    const echoed = this.trips.length;
    return { sent: this.next - this.first, echoed, median: at(0.5), p99: at(0.99) };
  }
}
