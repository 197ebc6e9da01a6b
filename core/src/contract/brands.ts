/** Numbers that must not be mixed. A brand exists only in types; at run time these are plain numbers. */
declare const brand: unique symbol;
type Branded<T, B extends string> = T & { readonly [brand]?: B };

/** Index of an environment step within its episode, from 0. */
export type Frame = Branded<number, 'Frame'>;
/** Seat of a player, from 0, in the order of the environment's `possible_agents`. */
export type PlayerIndex = Branded<number, 'PlayerIndex'>;
/** Milliseconds, a floating-point number. */
export type Milliseconds = Branded<number, 'Milliseconds'>;
