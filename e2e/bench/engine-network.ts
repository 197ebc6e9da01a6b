import { Random } from '../../core/simulator/random.ts';

/** 33 ms one way at 60 Hz, in ticks; some packets take one or two longer, and a few get lost. */
const DELAY_TICKS = 2;
const MOST_LATE = 2;
const LATE_CHANCE = 0.2;
const LOSS = 0.01;

/**
 * The network that both engines play over for PERF-3, in whole ticks. What becomes of a packet
 * depends on the tick and the link alone, so it is the same for both.
 */
export class ScriptedNetwork {
  bytes = 0;
  packets = 0;
  private readonly random: Random;
  private readonly due: { to: number; from: number; packet: Uint8Array }[][];
  /** Ticks that a packet sent now takes, by sender and receiver; 0 if it is lost. */
  private readonly fates: Uint8Array;
  /** Of each link, packets lost in a row. */
  private readonly lost: Uint8Array;
  private tick = 0;

  constructor(
    private readonly players: number,
    seed: number,
  ) {
    this.random = new Random(seed);
    this.fates = new Uint8Array(players * players);
    this.lost = new Uint8Array(players * players);
    this.due = Array.from({ length: DELAY_TICKS + MOST_LATE + 1 }, () => []);
    this.draw();
  }

  /** @param reliable is never lost */
  send(from: number, to: number, packet: Uint8Array, reliable = false): void {
    this.bytes += packet.length;
    this.packets += 1;
    const fate = this.fates[from * this.players + to]!;
    if (fate === 0 && !reliable) return;
    this.due[(this.tick + (fate || DELAY_TICKS)) % this.due.length]!.push({ from, to, packet });
  }

  /** Goes on by a tick, and hands out what arrives. */
  next(deliver: (from: number, to: number, packet: Uint8Array) => void): void {
    this.tick += 1;
    const arriving = this.due[this.tick % this.due.length]!;
    for (const { from, to, packet } of arriving) deliver(from, to, packet);
    arriving.length = 0;
    this.draw();
  }

  private draw(): void {
    const { random, fates, lost } = this;
    for (let link = 0; link < fates.length; link++) {
      const late = random.chance(LATE_CHANCE) ? random.integer(1, MOST_LATE) : 0;
      // Three packets lost in a row would stop rollback-netcode for good.
      const isLost = random.chance(LOSS) && lost[link]! < 2;
      lost[link] = isLost ? lost[link]! + 1 : 0;
      fates[link] = isLost ? 0 : DELAY_TICKS + late;
    }
  }
}
