/** What is wrong with a packet. */
export type ProtocolFault =
  /** Not a packet of this protocol: drop it. */
  | 'not_ours'
  /** Another version of this protocol: the match cannot be played; both must load the same build. */
  | 'version'
  /** Its hello names another number of players, environment or settings: as for another version. */
  | 'players'
  | 'environment'
  | 'settings'
  /** Ends before it is complete, or goes on after its end: drop it. */
  | 'truncated'
  /** A field holds what no correct peer sends: drop it. */
  | 'malformed'
  /** Well formed, but it contradicts what is known: drop it. */
  | 'impossible';

/** Faults for which a peer is refused, whatever it sends. */
export type Refusal = Extract<ProtocolFault, 'version' | 'players' | 'environment' | 'settings'>;

export function isRefusal(fault: ProtocolFault): fault is Refusal {
  return (
    fault === 'version' || fault === 'players' || fault === 'environment' || fault === 'settings'
  );
}

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
