import {
  REQUEST,
  requestWords,
  RESULT,
  wordsOf,
  type RequestList,
  type Results,
} from '../rollback/index.ts';

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
  const actionWords = wordsOf(actionBytes);
  let due = 0;
  for (let at = 0; at < length; at += requestWords(words, at, players, actionWords)) {
    const kind = words[at]!;
    if (kind === REQUEST.checksum || kind === REQUEST.export || kind === REQUEST.dump) due += 1;
  }
  results.rewind();
  while (results.next()) {
    const { kind } = results;
    if (kind === RESULT.checksum || kind === RESULT.row || kind === RESULT.dump) due -= 1;
  }
  return due > 0;
}
