/** What `cotrial check` found in an environment's file. */
import { element } from './elements.js';
import { gameOfPage } from './games.js';

const game = gameOfPage(location.pathname);
const { faults, notes } = game.findings;
document.title = `${game.title}, what was found · Cotrial`;
document.getElementById('title').textContent = game.title;
document.getElementById('summary').textContent = summary();
document
  .getElementById('findings')
  .append(
    ...list('Faults', 'They break play or data: mend them before a pilot.', faults),
    ...list('Notes', 'The host covers these; the game plays as it is.', notes),
  );

function summary() {
  if (faults.length + notes.length === 0) {
    return 'The environment was played, taken back and played again. Nothing was found wrong.';
  }
  return `The environment was played, taken back and played again: ${counted(faults, 'fault')}, ${counted(notes, 'note')}. After a change, start again.`;
}

function counted({ length }, word) {
  return `${length || 'no'} ${word}${length === 1 ? '' : 's'}`;
}

function list(heading, about, findings) {
  if (findings.length === 0) return [];
  return [
    element('h2', { textContent: heading }),
    element('p', { className: 'about', textContent: about }),
    element('ol', { className: 'findings' }, ...findings.map(item)),
  ];
}

function item({ kind, where, message, remedy }) {
  return element(
    'li',
    {},
    element('p', { className: 'kind' }, kind.replaceAll('_', ' '), where ? ' · ' : '', where),
    element('p', { textContent: message }),
    element('p', { className: 'remedy', textContent: remedy }),
  );
}
