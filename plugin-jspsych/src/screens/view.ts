import type { GameResult, GameState } from '@cotrial/core';
import type { Scope } from '../scope.ts';
import { Board, type CreateRenderer } from './board.ts';
import { countdownScreen } from './countdown.ts';
import { make } from './elements.ts';
import { endedScreen, type EndChoices } from './ended.ts';
import { loadingScreen } from './loading.ts';
import { noticeScreen } from './notice.ts';
import { pausedScreen } from './paused.ts';
import type { Screen, StateOf, Texts } from './screen.ts';
import { STYLES } from './styles.ts';
import { waitingScreen } from './waiting.ts';

/**
 * Everything of the trial that is on the page, inside one element: it goes when jsPsych clears
 * the display. `data-state` and `data-outcome` on it say what is shown, for tests and stylesheets.
 */
export class View {
  readonly root: HTMLElement;
  private readonly stage = make('div', 'cotrial-stage');
  private board: Board | null = null;
  private shown: { name: GameState['name']; screen: Screen<GameState>; scope: Scope } | null = null;

  /** The end screen's; there can be more than one, if the game is loaded again. */
  private end: Scope | null = null;

  constructor(
    display: HTMLElement,
    private readonly texts: Texts,
    private readonly scope: Scope,
    private readonly createRenderer: CreateRenderer,
    width: number,
  ) {
    const style = document.createElement('style');
    style.textContent = STYLES;
    this.stage.setAttribute('role', 'status');
    this.root = make('div', 'cotrial', style, this.stage);
    this.root.style.setProperty('--cotrial-width', `${width}px`);
    display.append(this.root);
    scope.onClose(() => {
      this.board?.close();
    });
  }

  /** Shows a state, or the newer version of the one that is shown. `ended` is {@link showEnd}'s. */
  show(state: GameState): void {
    if (this.scope.closed || state.name === 'ended') return;
    if (this.shown?.name !== state.name) this.enter(state.name);
    this.shown?.screen.update(state);
    if (state.name === 'playing') this.board?.setRound(state.episode, state.episodes);
  }

  showEnd(result: GameResult, choices: EndChoices): void {
    if (this.scope.closed) return;
    this.shown?.scope.close();
    this.shown = null;
    this.board?.close();
    this.board = null;
    this.end = this.scope.child();
    this.stage.replaceChildren(endedScreen(this.texts, result, this.end, choices));
    this.root.dataset['state'] = 'ended';
    this.root.dataset['outcome'] = result.outcome;
  }

  /** Once the environment is loaded: lists that come from then on are drawn. */
  createBoard(size: [number, number] | null, images: readonly string[] = []): void {
    this.board ??= new Board(this.texts, size, images, this.createRenderer);
  }

  draw(list: Uint8Array): void {
    this.board?.draw(list);
  }

  /** Touch buttons, under the picture. */
  setButtons(pad: HTMLElement): void {
    this.board?.setButtons(pad);
  }

  private enter(name: Exclude<GameState['name'], 'ended'>): void {
    this.shown?.scope.close();
    this.end?.close();
    this.end = null;
    delete this.root.dataset['outcome'];
    const scope = this.scope.child();
    const screen = this.screenFor(name, scope);
    this.shown = { name, screen, scope };
    this.root.dataset['state'] = name;
    if (name === 'countdown' || name === 'playing' || name === 'paused') {
      this.createBoard(null);
      const board = this.board!;
      if (!board.element.isConnected) this.stage.replaceChildren(board.element);
      board.cover(name === 'playing' ? null : screen.element);
      board.setConnected(name !== 'paused');
    } else {
      this.stage.replaceChildren(screen.element);
    }
  }

  private screenFor(name: Exclude<GameState['name'], 'ended'>, scope: Scope): Screen<GameState> {
    switch (name) {
      case 'loading':
        return only(name, loadingScreen(this.texts));
      case 'waiting':
        return only(name, waitingScreen(this.texts, scope));
      case 'connecting':
        return noticeScreen(this.texts.connecting);
      case 'countdown':
        return only(name, countdownScreen(this.texts, scope));
      case 'paused':
        return only(name, pausedScreen(this.texts, scope));
      case 'saving':
        return noticeScreen(this.texts.saving);
      case 'playing':
        return noticeScreen('');
    }
  }
}

/** A screen of one state as a screen of any: it hears of its own state only. */
function only<N extends GameState['name']>(name: N, screen: Screen<StateOf<N>>): Screen<GameState> {
  const isOwn = (state: GameState): state is StateOf<N> => state.name === name;
  return {
    element: screen.element,
    update(state) {
      if (isOwn(state)) screen.update(state);
    },
  };
}
