import type { DataConnection } from 'peerjs';
import type { PeerPath } from './peer-path.ts';

/**
 * The input channel of every peer connection, the same on both sides: it is negotiated by these
 * values and needs no signal. Unordered and never retransmitted: a late input is worth nothing,
 * and the next packet carries it again. Any free id serves; 100 is far from those that browsers
 * hand out from 0.
 */
export const INPUT_CHANNEL = {
  label: 'inputs',
  init: { negotiated: true, id: 100, ordered: false, maxRetransmits: 0 },
} as const;

/** Between looks at the candidate pair: ICE may change it at any time, silently. */
const TYPE_EVERY_MS = 3_000;

export interface PeerConnectionEvents {
  opened(): void;
  bytes(bytes: Uint8Array): void;
  /** Once, unless `close` was called. */
  failed(reason: string): void;
  type(type: 'direct' | 'turn', reason: string): void;
}

/**
 * One PeerJS data connection with the input channel beside it, as a path of a link. PeerJS keeps
 * the offer, the answer and the candidates; this keeps the two channels and what getStats says.
 */
export class PeerConnection implements PeerPath {
  private readonly pc: RTCPeerConnection;
  private readonly inputs: RTCDataChannel;
  private readonly timer: ReturnType<typeof setInterval>;
  private opened = false;
  private ended = false;
  private type: 'direct' | 'turn' | null = null;

  constructor(
    private readonly connection: DataConnection,
    private readonly events: PeerConnectionEvents,
  ) {
    this.pc = connection.peerConnection;
    this.inputs = this.pc.createDataChannel(INPUT_CHANNEL.label, INPUT_CHANNEL.init);
    this.inputs.binaryType = 'arraybuffer';
    this.inputs.onopen = () => this.noticeOpen();
    this.inputs.onmessage = (event: MessageEvent<unknown>) => this.take(event.data);
    this.inputs.onclose = () => this.fail('input channel closed');
    connection.on('open', () => this.noticeOpen());
    connection.on('data', (data) => this.take(data));
    connection.on('close', () => this.fail('peer connection closed'));
    connection.on('error', (error) => this.fail(`peer connection failed: ${error.type}`));
    this.pc.addEventListener('connectionstatechange', this.noticeState);
    this.timer = setInterval(() => void this.readType(), TYPE_EVERY_MS);
  }

  get open(): boolean {
    return !this.ended && this.connection.open && this.inputs.readyState === 'open';
  }

  /** ICE found a way: DTLS and the channels follow, and a new attempt would only lose time. */
  get progressing(): boolean {
    const state = this.pc.iceConnectionState;
    return !this.ended && (state === 'connected' || state === 'completed');
  }

  get bufferedBytes(): number {
    return this.inputs.bufferedAmount;
  }

  sendInput(bytes: Uint8Array): void {
    try {
      this.inputs.send(bytes as Uint8Array<ArrayBuffer>);
    } catch {
      // The channel closed, or its buffer is full. Inputs may be lost, and the link sees the rest.
    }
  }

  sendControl(bytes: Uint8Array): void {
    void this.connection.send(bytes);
  }

  close(): void {
    if (this.ended) return;
    this.ended = true;
    clearInterval(this.timer);
    this.pc.removeEventListener('connectionstatechange', this.noticeState);
    this.inputs.onopen = this.inputs.onmessage = this.inputs.onclose = null;
    this.inputs.close();
    this.connection.removeAllListeners();
    this.connection.close();
    // PeerJS leaves it open when its own channel was closed before.
    this.pc.close();
  }

  private take(data: unknown): void {
    if (!this.ended && data instanceof ArrayBuffer) this.events.bytes(new Uint8Array(data));
  }

  private noticeOpen(): void {
    if (this.opened || !this.open) return;
    this.opened = true;
    this.events.opened();
    void this.readType();
  }

  private readonly noticeState = (): void => {
    const state = this.pc.connectionState;
    if (state === 'failed' || state === 'closed') this.fail(`peer connection ${state}`);
  };

  private fail(reason: string): void {
    if (this.ended) return;
    this.close();
    this.events.failed(reason);
  }

  private async readType(): Promise<void> {
    if (!this.open) return;
    let type: 'direct' | 'turn' | null;
    try {
      type = typeOf(await this.pc.getStats());
    } catch {
      return; // Closed meanwhile.
    }
    if (type === null || type === this.type || this.ended) return;
    const reason = this.type === null ? 'connected' : 'candidate pair changed';
    this.type = type;
    this.events.type(type, reason);
  }
}

interface StatsEntry {
  type: string;
  selectedCandidatePairId?: string;
  /** Firefox marks the pair itself. */
  selected?: boolean;
  localCandidateId?: string;
  remoteCandidateId?: string;
  candidateType?: string;
}

/** Whether the candidate pair in use goes through a TURN server at either end; null if unknown. */
export function typeOf(report: RTCStatsReport): 'direct' | 'turn' | null {
  const entries = new Map<string, StatsEntry>();
  report.forEach((entry: StatsEntry & { id: string }) => entries.set(entry.id, entry));
  const all = [...entries.values()];
  const selected = all.find((entry) => entry.type === 'transport')?.selectedCandidatePairId;
  const pair =
    (selected === undefined ? undefined : entries.get(selected)) ??
    all.find((entry) => entry.type === 'candidate-pair' && entry.selected === true);
  const ends = [pair?.localCandidateId, pair?.remoteCandidateId].map((id) =>
    id === undefined ? undefined : entries.get(id)?.candidateType,
  );
  if (ends.every((end) => end === undefined)) return null;
  return ends.includes('relay') ? 'turn' : 'direct';
}
