import type { MeshEvents, RelayPort } from '../../src/link/link.ts';
import { PeerLink } from '../../src/link/peer-link.ts';
import type { PeerPath } from '../../src/link/peer-path.ts';

/** A clock that moves only when told, with things to do at moments. */
export class VirtualClock {
  now = 0;
  private seq = 0;
  private readonly agenda: { at: number; seq: number; act: () => void }[] = [];

  at(delay: number, act: () => void): void {
    this.agenda.push({ at: this.now + delay, seq: this.seq++, act });
    this.agenda.sort((a, b) => a.at - b.at || a.seq - b.seq);
  }

  run(ms: number): void {
    const end = this.now + ms;
    while (this.agenda.length > 0 && this.agenda[0]!.at <= end) {
      const { at, act } = this.agenda.shift()!;
      this.now = at;
      act();
    }
    this.now = end;
  }
}

/** What one direction of a path does to packets. */
export interface Wire {
  delay: number;
  lose: (bytes: Uint8Array) => boolean;
}

class VirtualPath implements PeerPath {
  open = false;
  bufferedBytes = 0;
  other!: VirtualPath;
  deliver: (bytes: Uint8Array) => void = () => undefined;

  constructor(
    private readonly clock: VirtualClock,
    readonly inputs: Wire,
    readonly control: Wire,
  ) {}

  sendInput(bytes: Uint8Array): void {
    this.carry(bytes, this.inputs);
  }

  sendControl(bytes: Uint8Array): void {
    this.carry(bytes, this.control);
  }

  close(): void {
    this.open = false;
  }

  private carry(bytes: Uint8Array, wire: Wire): void {
    if (!this.open || wire.lose(bytes)) return;
    const copy = bytes.slice();
    this.clock.at(wire.delay, () => {
      if (this.other.open) this.other.deliver(copy);
    });
  }
}

export interface Side {
  link: PeerLink;
  path: VirtualPath;
  log: string[];
  packets: number[];
  control: string[];
  /** Takes every control message; without more it goes to `control`, as text. */
  taken: (message: Uint8Array) => void;
  qualities: string[];
}

/** Two ends of one link with a peer connection and a relay between them, in virtual time. */
export class VirtualLink {
  readonly clock = new VirtualClock();
  readonly relayWire: Wire = { delay: 40, lose: () => false };
  relayConnected = true;
  readonly sides: [Side, Side];
  /** What waits for each side that is frozen. */
  private readonly frozen: [(() => void)[] | null, (() => void)[] | null] = [null, null];

  constructor(
    inputs: Partial<Wire> = {},
    private readonly probing = false,
  ) {
    const wire = (): Wire => ({ delay: 20, lose: () => false, ...inputs });
    this.sides = [this.side(0, wire()), this.side(1, wire())];
    this.sides[0].path.other = this.sides[1].path;
    this.sides[1].path.other = this.sides[0].path;
    for (const index of [0, 1] as const) this.tick(index);
  }

  /** Opens the peer connection on both sides. */
  open(): void {
    for (const { path } of this.sides) path.open = true;
    for (const { link } of this.sides) link.pathOpened(this.clock.now);
  }

  /** A connection that never opens. */
  deadPath(): PeerPath {
    const wire = { delay: 20, lose: () => false };
    return new VirtualPath(this.clock, wire, wire);
  }

  /** Both sides get a new peer connection, which opens. */
  reconnect(): void {
    for (const { link, path } of this.sides) link.usePath(path, this.clock.now);
    this.open();
  }

  /** Sends an input packet from both sides every `every` ms, for `ms`. */
  play(ms: number, every = 33): void {
    const end = this.clock.now + ms;
    for (let n = 0; this.clock.now < end; n++) {
      for (const { link } of this.sides) link.send(Uint8Array.of(n & 0xff), this.clock.now);
      this.clock.run(Math.min(every, end - this.clock.now));
    }
  }

  /** A page that is frozen neither ticks nor receives until it is thawed. */
  freeze(index: 0 | 1): () => void {
    const side = this.sides[index];
    const { deliver } = side.path;
    const waiting: (() => void)[] = [];
    this.frozen[index] = waiting;
    side.path.deliver = (bytes) => waiting.push(() => deliver(bytes));
    return () => {
      side.path.deliver = deliver;
      this.frozen[index] = null;
      // Browsers may run timers before what waits: the page must not believe its clock then.
      side.link.tick(this.clock.now);
      for (const arrive of waiting) arrive();
    };
  }

  private tick(index: 0 | 1): void {
    this.clock.at(100, () => {
      if (this.frozen[index] === null) this.sides[index].link.tick(this.clock.now);
      this.tick(index);
    });
  }

  private side(index: 0 | 1, inputs: Wire): Side {
    const log: string[] = [];
    const packets: number[] = [];
    const control: string[] = [];
    const qualities: string[] = [];
    const events: MeshEvents = {
      packet: (_, packet) => packets.push(packet[0]!),
      control: (_, message) => side.taken(message),
      up: () => log.push('up'),
      down: () => log.push('down'),
      type: (_, type, reason) => log.push(`${type}: ${reason}`),
      quality: (_, quality) => qualities.push(quality),
    };
    const world = { connected: () => this.relayConnected };
    const relay: RelayPort = {
      send: (_, packet) => {
        if (!this.relayConnected || this.relayWire.lose(packet)) return;
        const copy = packet.slice();
        this.clock.at(this.relayWire.delay, () => {
          const other = index === 0 ? 1 : 0;
          const arrive = () => this.sides[other].link.fromRelay(copy, this.clock.now);
          const waiting = this.frozen[other];
          if (waiting === null) arrive();
          else waiting.push(arrive);
        });
      },
      onPacket: () => () => undefined,
      get connected() {
        return world.connected();
      },
    };
    const now = () => this.clock.now;
    const link = new PeerLink(index === 0 ? 1 : 0, relay, events, 0, now, this.probing);
    const path = new VirtualPath(this.clock, inputs, { delay: 20, lose: () => false });
    path.deliver = (bytes) => link.fromPeer(bytes, this.clock.now);
    link.usePath(path, 0);
    const taken = (message: Uint8Array) => control.push(new TextDecoder().decode(message));
    const side: Side = { link, path, log, packets, control, taken, qualities };
    return side;
  }
}
