/** Runs in the browser: one player's mesh, driven by the test through `window.lab`. */
import { io } from 'socket.io-client';
import type { MeshOptions } from '../../core/src/link/mesh.ts';
import { connectMesh } from '../../core/src/link/mesh.ts';
import type { Mesh, RelayPort } from '../../core/src/link/link.ts';

export interface MeshLab {
  /** What the mesh told, in order: `up 1`, `down 1`, `type 1 turn`. */
  log: string[];
  /** Inputs that arrived, by sender: numbers, with the time of arrival. */
  inputs: { from: number; n: number; at: number }[];
  control: Record<number, string[]>;
  mesh: Mesh | null;
  /** Every peer connection that the page ever made. */
  connections: RTCPeerConnection[];
  start(options: Omit<MeshOptions, 'relay'>): void;
  /** Sends a numbered input to `to` every `every` ms, until `stop`: `size` bytes, `burst` at once. */
  play(to: number, every: number, size?: number, burst?: number): void;
  stop(): void;
  /** How many inputs `play` has sent. */
  sent: number;
  /** Longest time by which `play` came late: the page itself stood still, ms. */
  late: number;
  say(to: number, message: string): void;
  channels: RTCDataChannel[];
}

declare global {
  interface Window {
    lab: MeshLab;
  }
}

const connections: RTCPeerConnection[] = [];
const channels: RTCDataChannel[] = [];
const Native = window.RTCPeerConnection;
/** Keeps what is made, so that a test can look for what is left. */
window.RTCPeerConnection = class extends Native {
  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    connections.push(this);
  }
  override createDataChannel(label: string, init?: RTCDataChannelInit): RTCDataChannel {
    const channel = super.createDataChannel(label, init);
    channels.push(channel);
    return channel;
  }
};

let timer: ReturnType<typeof setInterval> | undefined;
const lab: MeshLab = {
  log: [],
  inputs: [],
  control: {},
  mesh: null,
  connections,
  channels,
  sent: 0,
  late: 0,
  start(options) {
    lab.mesh = connectMesh(
      { ...options, relay: relayTo(options.local) },
      {
        packet: (from, packet) => {
          const n = new DataView(packet.buffer, packet.byteOffset).getUint32(0);
          lab.inputs.push({ from, n, at: performance.now() });
        },
        control: (from, message) => {
          (lab.control[from] ??= []).push(new TextDecoder().decode(message));
        },
        up: (player) => lab.log.push(`up ${player}`),
        down: (player) => lab.log.push(`down ${player}`),
        type: (player, type) => lab.log.push(`type ${player} ${type}`),
        quality: (player, quality) => lab.log.push(`quality ${player} ${quality}`),
      },
    );
  },
  play(to, every, size = 12, burst = 1) {
    let due = performance.now() + every;
    timer = setInterval(() => {
      const now = performance.now();
      lab.late = Math.max(lab.late, now - due);
      due = now + every;
      for (let i = 0; i < burst; i++) {
        const packet = new Uint8Array(size);
        new DataView(packet.buffer).setUint32(0, lab.sent++);
        lab.mesh?.send(to, packet);
      }
    }, every);
  },
  stop() {
    clearInterval(timer);
  },
  say(to, message) {
    lab.mesh?.sendControl(to, new TextEncoder().encode(message));
  },
};
window.lab = lab;

function relayTo(seat: number): RelayPort {
  const socket = io({ path: '/lab/socket.io', transports: ['websocket'], auth: { seat } });
  return {
    send: (to, packet) => {
      if (socket.connected) socket.emit('relay', to, packet);
    },
    onPacket: (listener) => {
      const take = (from: number, packet: ArrayBuffer) => listener(from, new Uint8Array(packet));
      socket.on('relay', take);
      return () => socket.off('relay', take);
    },
    get connected() {
      return socket.connected;
    },
  };
}
