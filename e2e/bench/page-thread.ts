/**
 * How busy pages' threads are, by Chromium's own measure, and how much of that is drawing: whole
 * animation frames, from the first callback to the commit, of which the page's scripts see the
 * callbacks only.
 *
 * Wall time is what a page's thread is taken for, with all that other processes of a full machine
 * take from it in the middle of a task. Processor time is what it uses itself.
 */
import type { Browser, CDPSession, Page } from 'playwright-core';

/** Shares of the window, percent. */
export interface ThreadShares {
  outside_drawing: number;
  outside_drawing_processor_time: number;
  all_tasks: number;
  all_tasks_processor_time: number;
  frames: number;
  frames_processor_time: number;
  frames_per_second: number;
}

/** Two times of the same thing, s. */
interface Times {
  wall: number;
  processor: number;
}

/** Measures the threads of `pages` for `ms`, and asks nothing else of them. */
export async function measureThreads(
  browser: Browser,
  pages: readonly Page[],
  ms: number,
): Promise<ThreadShares[]> {
  const threads = await Promise.all(pages.map((page) => TaskMeter.open(page)));
  const trace = await FrameTrace.start(browser);
  await Promise.all(pages.map((page, i) => page.evaluate((m) => performance.mark(m), nameOf(i))));
  const before = await Promise.all(threads.map((thread) => thread.read()));
  await new Promise((resolve) => setTimeout(resolve, ms));
  const after = await Promise.all(threads.map((thread) => thread.read()));
  await trace.stop();
  return after.map((last, i) => {
    const first = before[i]!;
    const seconds = last.at - first.at;
    const frames = trace.frames(nameOf(i), first.at, last.at);
    const percent = (time: number) => (100 * time) / seconds;
    const wall = last.tasks.wall - first.tasks.wall;
    const processor = last.tasks.processor - first.tasks.processor;
    return {
      outside_drawing: percent(wall - frames.wall),
      outside_drawing_processor_time: percent(processor - frames.processor),
      all_tasks: percent(wall),
      all_tasks_processor_time: percent(processor),
      frames: percent(frames.wall),
      frames_processor_time: percent(frames.processor),
      frames_per_second: frames.count / seconds,
    };
  });
}

/** A mark by which a page's process is known in the trace. */
const nameOf = (page: number): string => `bench:page-${page}`;

/** All tasks of a page's thread since it was opened. */
class TaskMeter {
  private constructor(
    private readonly wall: CDPSession,
    private readonly processor: CDPSession,
  ) {}

  static async open(page: Page): Promise<TaskMeter> {
    const [wall, processor] = await Promise.all([
      page.context().newCDPSession(page),
      page.context().newCDPSession(page),
    ]);
    await wall.send('Performance.enable', { timeDomain: 'timeTicks' });
    await processor.send('Performance.enable', { timeDomain: 'threadTicks' });
    return new TaskMeter(wall, processor);
  }

  /** `at`: s on the clock of the trace. */
  async read(): Promise<{ at: number; tasks: Times }> {
    const [wall, processor] = await Promise.all([metrics(this.wall), metrics(this.processor)]);
    const tasks = { wall: wall('TaskDuration'), processor: processor('TaskDuration') };
    return { at: wall('Timestamp'), tasks };
  }
}

async function metrics(session: CDPSession): Promise<(name: string) => number> {
  const answer = await session.send('Performance.getMetrics');
  return (name) => {
    const metric = answer.metrics.find((m) => m.name === name);
    if (metric === undefined) throw new Error(`Chromium does not measure ${name}`);
    return metric.value;
  };
}

/** As far as it is read; times in µs. */
interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  ts: number;
  dur?: number;
  tdur?: number;
}

const FRAME = 'ProxyMain::BeginMainFrame';

/** Chromium's trace of every animation frame on pages' threads. */
class FrameTrace {
  private readonly events: TraceEvent[] = [];

  private constructor(private readonly session: CDPSession) {
    session.on('Tracing.dataCollected', ({ value }) => {
      this.events.push(...(value as unknown as TraceEvent[]));
    });
  }

  static async start(browser: Browser): Promise<FrameTrace> {
    const session = await browser.newBrowserCDPSession();
    const trace = new FrameTrace(session);
    await session.send('Tracing.start', {
      transferMode: 'ReportEvents',
      traceConfig: { includedCategories: ['benchmark', 'blink.user_timing'] },
    });
    return trace;
  }

  async stop(): Promise<void> {
    const complete = new Promise<void>((resolve) => {
      this.session.once('Tracing.tracingComplete', () => resolve());
    });
    await this.session.send('Tracing.end');
    await complete;
    await this.session.detach();
  }

  /** Frames of the page that set `mark`, begun from `from` to `to`, s. */
  frames(mark: string, from: number, to: number): Times & { count: number } {
    const page = this.events.find((event) => event.name === mark);
    if (page === undefined) throw new Error(`Chromium did not trace the mark ${mark}`);
    const frames = this.events.filter(
      ({ name, ph, pid, ts }) =>
        name === FRAME && ph === 'X' && pid === page.pid && ts >= from * 1e6 && ts < to * 1e6,
    );
    const sum = (of: (event: TraceEvent) => number | undefined): number =>
      frames.reduce((total, frame) => total + (of(frame) ?? 0), 0) / 1e6;
    return {
      count: frames.length,
      wall: sum((frame) => frame.dur),
      processor: sum((frame) => frame.tdur),
    };
  }
}
