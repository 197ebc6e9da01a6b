/** A progress bar on a terminal; nothing elsewhere. */

const WIDTH = 30;

export interface ProgressBar {
  /** How much is done, 0 to 1. */
  show: (fraction: number) => void;
  /** Leaves no trace of it. */
  clear: () => void;
}

export function progressBar(stream: {
  isTTY?: boolean;
  write(text: string): unknown;
}): ProgressBar {
  if (stream.isTTY !== true) return { show: () => undefined, clear: () => undefined };
  let drawn = false;
  return {
    show(fraction) {
      const filled = Math.round(WIDTH * Math.min(1, Math.max(0, fraction)));
      stream.write(`\rchecking ${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`);
      drawn = true;
    },
    clear() {
      // Back to the line's start, and everything to its end erased.
      if (drawn) stream.write('\r\u001b[K');
      drawn = false;
    },
  };
}
