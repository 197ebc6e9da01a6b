/** An invariant of the engine does not hold in a simulated match. */
export class SimulationFailure extends Error {
  override readonly name = 'SimulationFailure';
}

/** @throws SimulationFailure unless `good` */
export function demand(good: boolean, what: string): asserts good {
  if (!good) throw new SimulationFailure(what);
}
