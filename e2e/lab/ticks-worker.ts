/** Runs in a worker of a page: what ticks cost in Pyodide there. */
import { benchTicks, type TickCosts } from '../../core/test/python/bench-ticks.ts';

export interface TicksTask {
  /** Folder of the Pyodide distribution. */
  pyodideUrl: string;
  /** Python source of the game. */
  source: string;
}

export type TicksAnswer = { costs: TickCosts } | { error: string };

addEventListener('message', ({ data }: MessageEvent<TicksTask>) => {
  const answer = (message: TicksAnswer): void => postMessage(message);
  benchTicks({ url: data.pyodideUrl }, data.source).then(
    ([costs]) => answer({ costs: costs! }),
    (cause: unknown) => answer({ error: String(cause) }),
  );
});
