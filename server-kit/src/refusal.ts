/** A request that was understood and is not granted. Nothing has changed; the client is told why. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  constructor(
    /** Machine-readable kind, the `code` of the contract's ServerError. */
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
