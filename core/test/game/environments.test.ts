/** Which trials of a page share a worker, and when workers end. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { EnvironmentLease, KEPT, KEPT_MS, preload, unload } from '../../src/game/environments.ts';
import type { FromWorker, ToWorker } from '../../src/game/messages.ts';
import type { LoadOptions } from '../../src/game/run.ts';

/** A worker that does what the test says. */
class FakeHandle {
  static all: FakeHandle[] = [];
  static get living(): FakeHandle[] {
    return this.all.filter((handle) => !handle.terminated);
  }
  readonly heard: ToWorker[] = [];
  terminated = false;
  constructor(
    _url: string | null,
    readonly say: (message: FromWorker) => void,
    readonly crash: (reason: string) => void,
  ) {
    FakeHandle.all.push(this);
  }
  post(message: ToWorker): void {
    this.heard.push(message);
  }
  terminate(): void {
    this.terminated = true;
  }
  loaded(): void {
    this.say({ type: 'loaded', description: {} as never });
  }
  failed(where: string): void {
    this.say({ type: 'load_failed', error: { where, message: 'no', traceback: '' } });
  }
  get types(): string[] {
    return this.heard.map(({ type }) => type);
  }
}
vi.mock('../../src/game/worker-handle.ts', () => ({
  get WorkerHandle() {
    return FakeHandle;
  },
}));

const optionsOf = (text: string, more: Partial<LoadOptions> = {}): LoadOptions => ({
  server: '/cotrial',
  source: Promise.resolve({ text, name: 'game.py' }),
  environment_options: {},
  packages: [],
  pyodide_url: '/pyodide/',
  worker_url: null,
  ...more,
});
const heard: FromWorker[] = [];
const crashes: string[] = [];
const player = {
  message: (message: FromWorker) => void heard.push(message),
  crashed: (reason: string) => void crashes.push(reason),
};
const quiet = () => undefined;
const game = (options: LoadOptions) => new EnvironmentLease(options, player, quiet);
/** All promises that can be settled are. */
const settled = () => vi.advanceTimersByTimeAsync(0);

/** A game that was loaded, played and is over. */
async function played(text: string): Promise<FakeHandle> {
  const lease = game(optionsOf(text));
  await settled();
  const handle = FakeHandle.all.at(-1)!;
  handle.loaded();
  await lease.loaded;
  lease.release('keep');
  return handle;
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('document', { baseURI: 'http://lab.example/page' });
  FakeHandle.all = [];
  heard.length = 0;
  crashes.length = 0;
});
afterEach(() => {
  unload();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('a worker', () => {
  test('starts Python before the source is there, then gets the environment', async () => {
    let arrive: (file: { text: string; name: string }) => void = quiet;
    const source = new Promise<{ text: string; name: string }>((resolve) => (arrive = resolve));
    const lease = game(optionsOf('', { source }));
    await settled();
    const [handle] = FakeHandle.all;
    expect(handle!.heard).toEqual([
      { type: 'python', url: 'http://lab.example/pyodide/', files: {} },
    ]);
    arrive({ text: 'a', name: 'a.py' });
    await settled();
    expect(handle!.types).toEqual(['python', 'load']);
    handle!.loaded();
    await lease.loaded;
    handle!.say({ type: 'began' });
    expect(heard).toEqual([{ type: 'began' }]);
    lease.release('end');
    expect(FakeHandle.living).toEqual([]);
  });

  test('serves the next game with the same environment, and no other', async () => {
    const handle = await played('a');
    const again = game(optionsOf('a'));
    await again.loaded;
    expect(FakeHandle.all).toEqual([handle]);
    expect(handle.types).toEqual(['python', 'load']);
    again.release('keep');
    for (const [n, options] of [
      optionsOf('b'),
      optionsOf('a', { environment_options: { size: 2 } }),
      optionsOf('a', { packages: ['numpy'] }),
      optionsOf('a', { pyodide_url: '/other/' }),
    ].entries()) {
      const other = game(options);
      await settled();
      expect(FakeHandle.all).toHaveLength(n + 2);
      other.release('end');
    }
    expect(FakeHandle.living).toEqual([handle]);
  });

  test('is never that of two games at once', async () => {
    const one = game(optionsOf('a'));
    await settled();
    FakeHandle.all[0]!.loaded();
    const two = game(optionsOf('a'));
    await settled();
    expect(FakeHandle.all).toHaveLength(2);
    one.release('end');
    two.release('end');
  });

  test('tells nothing to a game that is over', async () => {
    const handle = await played('a');
    handle.say({ type: 'began' });
    expect(heard).toEqual([]);
  });

  test(`ends when it was not used for ${KEPT_MS / 60_000} minutes`, async () => {
    const handle = await played('a');
    vi.advanceTimersByTime(KEPT_MS - 1);
    expect(handle.terminated).toBe(false);
    const lease = game(optionsOf('a'));
    await lease.loaded;
    vi.advanceTimersByTime(10 * KEPT_MS);
    expect(handle.terminated).toBe(false);
    lease.release('keep');
    vi.advanceTimersByTime(KEPT_MS);
    expect(handle.terminated).toBe(true);
  });

  test(`ends when ${KEPT} used later wait as well`, async () => {
    const handles: FakeHandle[] = [];
    for (let i = 0; i <= KEPT; i++) handles.push(await played(`game ${i}`));
    expect(handles.map(({ terminated }) => terminated)).toEqual([true, false, false]);
  });

  test.each<[string, (lease: EnvironmentLease, handle: FakeHandle) => void]>([
    ['was broken off', (lease) => lease.release('end')],
    [
      'raised an error',
      (lease, handle) => {
        const error = { where: 'step', message: 'no', traceback: '' };
        handle.say({ type: 'error', error });
        lease.release('keep');
      },
    ],
    [
      'crashed',
      (lease, handle) => {
        handle.crash('out of memory');
        expect(crashes).toEqual(['out of memory']);
        lease.release('keep');
      },
    ],
  ])('ends with a game that %s', async (_what, happens) => {
    const lease = game(optionsOf('a'));
    await settled();
    const [handle] = FakeHandle.all;
    handle!.loaded();
    await lease.loaded;
    happens(lease, handle!);
    expect(FakeHandle.living).toEqual([]);
  });

  test('of twenty games there is one, and none after unload', async () => {
    for (let i = 0; i < 20; i++) {
      const lease = game(optionsOf('a'));
      await settled();
      if (i === 0) FakeHandle.all[0]!.loaded();
      await lease.loaded;
      lease.release('keep');
    }
    expect(FakeHandle.all).toHaveLength(1);
    unload();
    expect(FakeHandle.living).toEqual([]);
  });
});

describe('loading', () => {
  test('what did not come over the network is tried once more, with a new worker', async () => {
    const heardProgress: number[] = [];
    const lease = new EnvironmentLease(optionsOf('a'), player, (_, f) => heardProgress.push(f));
    await settled();
    FakeHandle.all[0]!.say({ type: 'progress', stage: 'python', fraction: 0.5 });
    FakeHandle.all[0]!.failed('python');
    expect(FakeHandle.living).toEqual([]);
    await vi.advanceTimersByTimeAsync(2_000);
    const [, second] = FakeHandle.all;
    expect(second!.types).toEqual(['python', 'load']);
    second!.say({ type: 'progress', stage: 'python', fraction: 0.1 });
    second!.say({ type: 'progress', stage: 'environment', fraction: 0 });
    second!.loaded();
    await lease.loaded;
    expect([...heardProgress].sort((a, b) => a - b)).toEqual(heardProgress);
    lease.release('end');
  });

  test('gives up after the second time, and at once where the environment is at fault', async () => {
    const lease = game(optionsOf('a'));
    await settled();
    FakeHandle.all[0]!.failed('packages');
    await vi.advanceTimersByTimeAsync(2_000);
    FakeHandle.all[1]!.failed('packages');
    await expect(lease.loaded).rejects.toMatchObject({ error: { where: 'packages' } });
    lease.release('end');

    const faulty = game(optionsOf('b'));
    await settled();
    FakeHandle.all[2]!.failed('load');
    await expect(faulty.loaded).rejects.toMatchObject({ error: { where: 'load' } });
    faulty.release('end');
    expect(FakeHandle.all).toHaveLength(3);
    expect(FakeHandle.living).toEqual([]);
  });

  test('a source that cannot be had is the reason', async () => {
    const source = Promise.reject(new Error('404'));
    const lease = game(optionsOf('', { source }));
    await expect(lease.loaded).rejects.toMatchObject({
      error: { where: 'loading', message: '404', traceback: '' },
    });
    lease.release('keep');
    expect(FakeHandle.living).toEqual([]);
  });

  test('ahead of a game, which joins it where it is', async () => {
    const ahead = preload(optionsOf('a'), quiet, 60_000);
    await settled();
    const [handle] = FakeHandle.all;
    handle!.say({ type: 'progress', stage: 'python', fraction: 1 });
    const told: number[] = [];
    const lease = new EnvironmentLease(optionsOf('a'), player, (_, f) => told.push(f));
    await settled();
    expect(told[0]).toBeGreaterThan(0.8);
    handle!.loaded();
    await lease.loaded;
    expect(await ahead).toBe(true);
    expect(FakeHandle.all).toHaveLength(1);
    lease.release('end');
  });

  test('ahead of a game says no when it takes too long, and leaves nothing', async () => {
    const ahead = preload(optionsOf('a'), quiet, 5_000);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await ahead).toBe(false);
    expect(FakeHandle.living).toEqual([]);
  });

  test('given up before its source came, leaves nothing', async () => {
    const lease = game(optionsOf('', { source: new Promise(quiet) }));
    lease.release('keep');
    await settled();
    expect(FakeHandle.living).toEqual([]);
  });
});
