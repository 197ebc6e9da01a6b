import { RequestError } from './toy-environment.ts';

/** An invariant of the engine does not hold in a simulated match. */
export class SimulationFailure extends Error {
  override readonly name = 'SimulationFailure';
}

/** @throws SimulationFailure unless `good` */
export function demand(good: boolean, what: string): asserts good {
  if (!good) throw new SimulationFailure(what);
}

/** Says what broke; of what nobody foresaw also where. */
export function reasonOf(error: unknown): string {
  if (error instanceof SimulationFailure || error instanceof RequestError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
