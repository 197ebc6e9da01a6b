/** What is wrong with a packet. */
export type ProtocolFault =
  /** Not a packet of this protocol: drop it. */
  | 'not_ours'
  /** Another version of this protocol: the match cannot be played; both must load the same build. */
  | 'version'
  /** Ends before it is complete, or goes on after its end: drop it. */
  | 'truncated'
  /** A field holds what no correct peer sends: drop it. */
  | 'malformed'
  /** Well formed, but it contradicts what is known: drop it. */
  | 'impossible';

/** A packet that was refused. It changed nothing. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  constructor(
    readonly fault: ProtocolFault,
    message: string,
  ) {
    super(message);
  }
}
