import { parts } from './texts.ts';

/** A new element with a class and children. Strings become text, never markup (SEC-15). */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.className = className;
  element.append(...children);
  return element;
}

/** Heading and paragraphs of a text, as they stand on every screen. */
export function textElements(text: string): HTMLElement[] {
  const { heading, paragraphs } = parts(text);
  return [
    make('h2', 'cotrial-heading', heading),
    ...paragraphs.map((paragraph) => make('p', 'cotrial-text', paragraph)),
  ];
}

/** Sets an element's text only when it changed: screen readers read every change out. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export interface ProgressBar {
  element: HTMLElement;
  /** @param fraction 0 to 1. */
  set(fraction: number): void;
}

export function progressBar(label: string): ProgressBar {
  const fill = make('div', 'cotrial-bar-fill');
  const element = make('div', 'cotrial-bar', fill);
  element.setAttribute('role', 'progressbar');
  element.setAttribute('aria-label', label);
  element.setAttribute('aria-valuemin', '0');
  element.setAttribute('aria-valuemax', '100');
  return {
    element,
    set(fraction) {
      const percent = Math.round(100 * Math.min(1, Math.max(0, fraction)));
      element.setAttribute('aria-valuenow', String(percent));
      fill.style.width = `${percent}%`;
    },
  };
}

/** Three dots that breathe: something goes on, nobody knows how long. */
export function dots(): HTMLElement {
  const element = make('div', 'cotrial-dots', make('span', ''), make('span', ''), make('span', ''));
  element.setAttribute('aria-hidden', 'true');
  return element;
}
