import type { GameResult, Outcome } from '@cotrial/core';
import type { Scope } from '../scope.ts';
import { make, textElements } from './elements.ts';
import type { Texts } from './screen.ts';
import { fill } from './texts.ts';

/** A key that was hammered for the game must not press the button before anybody read the text. */
const BUTTON_DELAY_MS = 600;

/** Ends that are nobody's mistake; all others but `completed` are marked as a problem. */
const CALM: readonly Outcome[] = ['partner_left', 'left', 'timed_out_waiting'];

/** What the participant may do on the end screen. */
export interface EndChoices {
  /** Called once, on the button. */
  proceed: () => void;
  /** Called once, on a button before it; null where trying again cannot help. */
  retry: (() => void) | null;
}

/** Says how the game ended. */
export function endedScreen(
  texts: Texts,
  result: GameResult,
  scope: Scope,
  { proceed, retry }: EndChoices,
): HTMLElement {
  // Unsupported together with somebody is another thing than unsupported by the browser.
  const mismatch = result.outcome === 'unsupported' && result.outcome_by !== null;
  const text = fill(mismatch ? texts.mismatch : texts.ends[result.outcome], {
    agent: result.outcome_by,
    reason: result.outcome_reason,
    reward: result.reward_total,
    completion_code: result.completion_code,
  });
  const symbol = make('div', 'cotrial-symbol', symbolOf(result.outcome));
  symbol.setAttribute('aria-hidden', 'true');
  const panel = make('div', 'cotrial-panel', symbol, ...textElements(text));
  panel.classList.toggle('cotrial-good', result.outcome === 'completed');
  const details = detailsOf(result);
  if (details !== null) {
    panel.append(
      make(
        'details',
        'cotrial-details',
        make('summary', '', texts.details),
        make('pre', 'cotrial-trace', details),
      ),
    );
  }
  const buttons = [endButton('cotrial-continue', texts.continue, scope, proceed)];
  if (retry !== null) {
    buttons[0]!.classList.add('cotrial-second');
    buttons.unshift(endButton('cotrial-retry', texts.retry, scope, retry));
  }
  scope.after(BUTTON_DELAY_MS, () => {
    for (const button of buttons) button.disabled = false;
    buttons[0]!.focus({ preventScroll: true });
  });
  panel.append(make('div', 'cotrial-choices', ...buttons));
  return panel;
}

function endButton(
  className: string,
  label: string,
  scope: Scope,
  act: () => void,
): HTMLButtonElement {
  const button = make('button', `cotrial-choice ${className}`, label);
  button.type = 'button';
  button.disabled = true;
  scope.listen(button, 'click', act, { once: true });
  return button;
}

/** What helps whoever answers for the experiment; participants may copy it for them. */
function detailsOf(result: GameResult): string | null {
  if (result.error === null) return null;
  const { where, message, traceback } = result.error;
  return traceback === '' ? `${where}: ${message}` : `${where}: ${message}\n\n${traceback}`;
}

function symbolOf(outcome: Outcome): string {
  if (outcome === 'completed') return '✓';
  return CALM.includes(outcome) ? 'i' : '!';
}
