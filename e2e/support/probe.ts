import type { Page } from 'playwright-core';

/** What the probe keeps on the page; installed before any script of the page runs. */
interface Probe {
  connections: RTCPeerConnection[];
  /** ms spent in animation frames: drawing. */
  drawing: number;
  longTasks: number[];
}
declare global {
  interface Window {
    cotrialProbe: Probe;
  }
}

/** Watches a page from outside: its peer connections, drawing time and long tasks. */
export async function installProbe(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const probe: Probe = { connections: [], drawing: 0, longTasks: [] };
    window.cotrialProbe = probe;
    const Native = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Native {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        probe.connections.push(this);
      }
    };
    const request = window.requestAnimationFrame.bind(window);
    window.requestAnimationFrame = (callback) =>
      request((time) => {
        const began = performance.now();
        callback(time);
        probe.drawing += performance.now() - began;
      });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) probe.longTasks.push(entry.duration);
    }).observe({ type: 'longtask', buffered: true });
  });
}

/** Ends every peer connection of the page, as a network that goes away would. */
export async function closePeerConnections(page: Page): Promise<number> {
  return page.evaluate(() => {
    const open = window.cotrialProbe.connections.filter((c) => c.connectionState === 'connected');
    for (const connection of open) connection.close();
    return open.length;
  });
}

/** All bytes that the page's peer connections have sent, transport overhead above UDP included. */
export async function transportBytesSent(page: Page): Promise<number> {
  return page.evaluate(async () => {
    let bytes = 0;
    for (const connection of window.cotrialProbe.connections) {
      const stats = await connection.getStats();
      stats.forEach((report: { type: string; bytesSent?: number }) => {
        if (report.type === 'transport') bytes += report.bytesSent ?? 0;
      });
    }
    return bytes;
  });
}

/** Time of a User Timing mark of the product, ms since the page was opened, or null. */
export async function markTime(page: Page, name: string): Promise<number | null> {
  return page.evaluate(
    (mark) => performance.getEntriesByName(`cotrial:${mark}`)[0]?.startTime ?? null,
    name,
  );
}

/** Every change of a link's type, with its reason and time. */
export async function linkChanges(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    performance
      .getEntriesByName('cotrial:link')
      .map(
        (entry) =>
          `${Math.round(entry.startTime)} ms ${JSON.stringify((entry as PerformanceMark).detail)}`,
      ),
  );
}

/** Presses keys by itself, real events on the page as jsPsych's own simulation sends them. */
export async function scriptKeys(page: Page, keys: string[]): Promise<void> {
  await page.evaluate((names) => {
    const target = document.querySelector('.jspsych-content') ?? document.body;
    let state = 1 + (Math.floor(performance.timeOrigin) % 1_000);
    const next = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    let down: string | null = null;
    setInterval(() => {
      const send = (type: string, key: string) =>
        target.dispatchEvent(new KeyboardEvent(type, { key, bubbles: true }));
      if (down !== null) send('keyup', down);
      down = names[Math.floor(next() * names.length)]!;
      send('keydown', down);
    }, 130);
  }, keys);
}
