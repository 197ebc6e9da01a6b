import type { PlayerIndex } from '../contract/index.ts';
import { encodeDrawing } from '../render/drawing.ts';
import { REQUEST, requestWords, wordsOf, type RequestList } from '../rollback/index.ts';

/**
 * Lists from this size on are arrays of pixels, which have no objects that could glide to their
 * right places: no second one is asked for.
 */
const PIXELS_FROM_BYTES = 200_000;

/**
 * Asks for the picture of a tick's last state. When the tick goes back beyond the state that is on
 * the page, it asks for that state's picture as well, as it is now known to be: only from both can
 * the page tell a correction from a motion (render/corrections.ts).
 */
export class PictureRequests {
  /** Number of the state whose picture the page has, or null. */
  private shown: number | null = null;
  private corrects = false;
  private waiting: Uint8Array | null = null;
  private answers = 0;
  private size = 0;
  private readonly actionWords: number;

  constructor(
    private readonly player: PlayerIndex,
    private readonly players: number,
    actionBytes: number,
  ) {
    this.actionWords = wordsOf(actionBytes);
  }

  /** Adds its requests to a tick's. */
  ask(requests: RequestList): void {
    this.waiting = null;
    this.corrects = false;
    this.answers = 1;
    const place = this.size < PIXELS_FROM_BYTES ? this.correctedAt(requests) : null;
    requests.push(REQUEST.render);
    requests.push(this.player);
    if (place === null) return;
    this.corrects = true;
    if (place === requests.length - 2) return;
    this.answers = 2;
    requests.push(0);
    requests.push(0);
    requests.words.copyWithin(place + 2, place, requests.length - 2);
    requests.words[place] = REQUEST.render;
    requests.words[place + 1] = this.player;
  }

  /**
   * Takes one of the answers, in their order.
   *
   * @param state its number; `list` is a view that may change once the tick is over.
   * @returns the drawing for the page, or null as long as an answer is missing.
   */
  take(state: number, list: Uint8Array): Uint8Array | null {
    this.answers -= 1;
    this.size = list.length;
    const isCorrected = this.corrects && state === this.shown;
    if (this.answers > 0) {
      this.waiting = isCorrected ? list : null;
      // What persists comes once, so a list that is not the shown state's must be drawn, too.
      return isCorrected ? null : list.slice();
    }
    this.shown = state;
    if (this.waiting !== null) return encodeDrawing(this.waiting, list);
    return isCorrected ? encodeDrawing(list, NOTHING) : list.slice();
  }

  /** Where in the list the shown state has been stepped again; null if it is not. */
  private correctedAt({ words, length }: RequestList): number | null {
    let goneBack = false;
    let at = 0;
    while (at < length) {
      const kind = words[at]!;
      const frame = words[at + 1]!;
      if (kind === REQUEST.reset) {
        this.shown = null;
        return null;
      }
      const end = at + requestWords(words, at, this.players, this.actionWords);
      if (kind === REQUEST.load || kind === REQUEST.restore) {
        goneBack = this.shown !== null && frame < this.shown;
      } else if (kind === REQUEST.advance && goneBack && frame + 1 === this.shown) {
        // Behind the state's own SAVE: the host runs pairs of both in one go.
        return words[end] === REQUEST.save && end < length ? end + 2 : end;
      }
      at = end;
    }
    return null;
  }
}

const NOTHING = new Uint8Array(0);
