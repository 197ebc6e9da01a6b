import { REQUEST, RESULT, type RequestList, type Results } from '../rollback/index.ts';

/**
 * Whether rows, checksums or states that a list asked for are missing among the answers: then what
 * failed was no step, and cannot be undone by stepping again.
 *
 * @param players seats of the match
 * @param actionBytes bytes of one encoded action
 */
export function answersMissing(
  { words, length }: RequestList,
  results: Results,
  players: number,
  actionBytes: number,
): boolean {
  const actionWords = (actionBytes + 3) >> 2;
  let due = 0;
  for (let at = 0; at < length;) {
    const kind = words[at]!;
    if (kind === REQUEST.checksum || kind === REQUEST.export || kind === REQUEST.dump) due += 1;
    if (kind === REQUEST.advance) at += players * (1 + actionWords);
    else if (kind === REQUEST.export) at += players;
    else if (kind === REQUEST.restore) at += 1 + ((words[at + 2]! + 3) >> 2);
    at += 2;
  }
  results.rewind();
  while (results.next()) {
    const { kind } = results;
    if (kind === RESULT.checksum || kind === RESULT.row || kind === RESULT.dump) due -= 1;
  }
  return due > 0;
}
