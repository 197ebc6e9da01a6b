import type { ActionSpace, Agent } from '@cotrial/core';
import { BindingError, bindingsFor, type Action, type Binding } from './bindings.ts';
import { bindingsOfButtons, buttonsFor, type TouchButton } from './touch.ts';

export type EncodeAction = (space: ActionSpace, value: Action) => Uint8Array;

/** The parameters that say how the game is controlled. */
export interface ControlParameters {
  keys: object;
  press_keys: readonly string[];
  touch_buttons: readonly TouchButton[] | null;
}

/** What one agent's player can press. */
export interface Controls {
  bindings: Binding[];
  buttons: readonly TouchButton[];
  /** Every bound action as the environment's space encodes it. */
  encoded: Map<Action, Uint8Array>;
}

/** @throws BindingError for parameters that make no sense, or actions that the agent cannot play. */
export function controlsFor(
  parameters: ControlParameters,
  agent: Agent,
  agents: readonly Agent[],
  encode: EncodeAction,
): Controls {
  const ids = agents.map(({ id }) => id);
  const ofKeys = bindingsFor(parameters.keys, parameters.press_keys, agent.id, ids);
  const buttons = parameters.touch_buttons ?? buttonsFor(ofKeys);
  const bindings = [...ofKeys, ...bindingsOfButtons(buttons)];
  const encoded = new Map<Action, Uint8Array>();
  for (const { keys, action } of bindings) {
    try {
      encoded.set(action, encode(agent.action_space, action));
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new BindingError(
        `keys: "${keys.join('+')}" cannot be played by ${agent.id}: ${message}`,
        { cause },
      );
    }
  }
  return { bindings, buttons, encoded };
}
