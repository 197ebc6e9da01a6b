import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import express from 'express';
import type { TickCosts } from '../../core/test/python/bench-ticks.ts';
import { launchChromium } from '../lab/index.ts';
import type { TicksAnswer, TicksTask } from '../lab/ticks-worker.ts';

/**
 * What ticks of these games cost in Chromium, in a worker as in play, one game after the other,
 * each in a worker and an interpreter of its own.
 *
 * @param pyodide folder of the Pyodide distribution
 * @param sources Python sources by name
 */
export async function ticksInChromium(
  pyodide: string,
  sources: Record<string, string>,
): Promise<{ game: string; costs: TickCosts }[]> {
  const app = express();
  app.use((_, response, next) => {
    // An isolated page's clock has steps of 5 µs, others' of 100.
    response.set('Cross-Origin-Opener-Policy', 'same-origin');
    response.set('Cross-Origin-Embedder-Policy', 'require-corp');
    next();
  });
  const script = await workerScript();
  app.get('/', (_, response) => response.type('text/html').send('<!doctype html>'));
  app.get('/worker.js', (_, response) => response.type('text/javascript').send(script));
  app.use('/pyodide', express.static(pyodide));
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.goto(url);
    const measured = [];
    for (const [game, source] of Object.entries(sources)) {
      const task: TicksTask = { pyodideUrl: `${url}pyodide/`, source };
      const answer = await page.evaluate(askWorker, task);
      if ('error' in answer) throw new Error(`${game} in Chromium: ${answer.error}`);
      measured.push({ game, costs: answer.costs });
    }
    return measured;
  } finally {
    await browser.close();
    server.close();
  }
}

/** Runs on the page. */
function askWorker(task: TicksTask): Promise<TicksAnswer> {
  if (!crossOriginIsolated) return Promise.resolve({ error: 'the page is not isolated' });
  const worker = new Worker('/worker.js', { type: 'module' });
  return new Promise<TicksAnswer>((resolve) => {
    worker.addEventListener('message', ({ data }: MessageEvent<TicksAnswer>) => resolve(data));
    worker.addEventListener('error', ({ message }) => resolve({ error: message }));
    worker.postMessage(task);
  }).finally(() => worker.terminate());
}

async function workerScript(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('e2e/lab/ticks-worker.ts', `file://${process.cwd()}/`))],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    loader: { '.py': 'text' },
  });
  return outputFiles[0]!.text;
}
