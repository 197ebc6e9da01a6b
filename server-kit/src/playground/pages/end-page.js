/** The end of a participant's page: what happened, readable, and all rows as JSON. */
const FIELDS = [
  ['outcome', 'Outcome', (value) => String(value).replaceAll('_', ' ')],
  ['outcome_reason', 'Reason'],
  ['completion_code', 'Completion code'],
  ['agent', 'You played'],
  ['reward_total', 'Your reward'],
  ['n_frames', 'Frames played'],
  ['verification', 'Data'],
  ['link_type', 'Connection'],
  ['ping_ms_median', 'Round trip', (value) => `${value.toFixed(1)} ms`],
  ['input_delay_median', 'Input delay', (value) => `${value} frames`],
  ['rollback_count', 'Rollbacks'],
  ['rollback_frames_max', 'Deepest rollback', (value) => `${value} frames`],
  ['stall_ms_total', 'Time stalled', (value) => `${Math.round(value)} ms`],
  ['match_id', 'Match'],
  ['record_sha256', 'SHA-256 of the record'],
];

export function endPage(game, rows) {
  const page = document.createElement('div');
  page.className = 'end text';
  const row = rows.find(({ outcome }) => outcome !== undefined);
  page.append(heading('h1', 'Thank you'));
  if (row) page.append(table(row));
  page.append(heading('h2', 'All rows'));
  const data = document.createElement('pre');
  data.id = 'data';
  data.tabIndex = 0;
  data.textContent = JSON.stringify(rows, null, 2);
  const again = document.createElement('a');
  again.href = location.href;
  again.textContent = `Play ${game.title} again`;
  page.append(data, again);
  return page;
}

function heading(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

function table(row) {
  const list = document.createElement('dl');
  for (const [field, label, show = String] of FIELDS) {
    const value = row[field];
    if (value === null || value === undefined || value === '') continue;
    list.append(heading('dt', label), heading('dd', show(value)));
  }
  return list;
}
