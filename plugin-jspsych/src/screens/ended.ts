import type { GameResult, Outcome } from '@cotrial/core';
import type { Scope } from '../scope.ts';
import { make, textElements } from './elements.ts';
import type { Texts } from './screen.ts';
import { fill } from './texts.ts';

/** A key that was hammered for the game must not press the button before anybody read the text. */
const BUTTON_DELAY_MS = 600;

/** Ends that are nobody's mistake; all others but `completed` are marked as a problem. */
const CALM: readonly Outcome[] = ['partner_left', 'left', 'timed_out_waiting'];

/** Says how the game ended. Calls `proceed` once, on the button. */
export function endedScreen(
  texts: Texts,
  result: GameResult,
  scope: Scope,
  proceed: () => void,
): HTMLElement {
  const text = fill(texts.ends[result.outcome], {
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
  const button = make('button', 'cotrial-continue', texts.continue);
  button.type = 'button';
  button.disabled = true;
  scope.after(BUTTON_DELAY_MS, () => {
    button.disabled = false;
    button.focus({ preventScroll: true });
  });
  scope.listen(button, 'click', proceed, { once: true });
  panel.append(button);
  return panel;
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
