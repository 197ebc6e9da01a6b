/** Counts, from outside, everything on a page that would go on after a trial (NET-11). */
import type { Page } from 'playwright-core';

/** Per kind (`worker`, `socket`, `timeout`, ...) and what it is: how many there are now. */
export type Census = Record<string, number>;

interface Watcher {
  observe(this: object, ...args: unknown[]): void;
  disconnect(this: object): void;
}

declare global {
  interface Window {
    census(): Census;
  }
}

/** Before any script of the page runs. */
export async function installCensus(page: Page): Promise<void> {
  await page.addInitScript(watchThePage);
}

/** What lives on the page now. */
export function census(page: Page): Promise<Census> {
  return page.evaluate(() => window.census());
}

function watchThePage(): void {
  const connections = new Set<RTCPeerConnection>();
  const channels = new Set<RTCDataChannel>();
  const sockets = new Set<WebSocket>();
  const workers = new Set<Worker>();
  const urls = new Set<string>();
  const observers = new Set<object>();
  const timers = new Map<string, string>();
  const listeners = new Map<EventTarget, Map<string, Set<unknown>>>();

  const listen = Reflect.get(EventTarget.prototype, 'addEventListener');
  const unlisten = Reflect.get(EventTarget.prototype, 'removeEventListener');
  const capturing = (options: unknown): boolean =>
    typeof options === 'object' && options !== null
      ? (options as AddEventListenerOptions).capture === true
      : options === true;
  /** What outlives a trial; a trial's own elements take their listeners along. */
  const outlives = (target: EventTarget): boolean =>
    target === window ||
    target === document ||
    target === document.documentElement ||
    target === document.body ||
    target === visualViewport ||
    target instanceof MediaQueryList;
  const nameOf = (target: EventTarget): string =>
    target instanceof Element ? target.localName : target.constructor.name;

  EventTarget.prototype.addEventListener = function (
    this: EventTarget | undefined,
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void {
    const target = this ?? window;
    Reflect.apply(listen, target, [type, listener, options]);
    if (listener === null || !outlives(target)) return;
    const signal = typeof options === 'object' ? options.signal : undefined;
    if (signal?.aborted === true) return;
    const key = `${type}${capturing(options) ? ' (capture)' : ''}`;
    const ofTarget = listeners.get(target) ?? new Map<string, Set<unknown>>();
    listeners.set(target, ofTarget);
    const all = ofTarget.get(key) ?? new Set();
    ofTarget.set(key, all);
    all.add(listener);
    const forget = (): void => void all.delete(listener);
    if (signal) Reflect.apply(listen, signal, ['abort', forget, { once: true }]);
    if (typeof options === 'object' && options.once === true) {
      Reflect.apply(listen, target, [type, forget, { once: true, capture: capturing(options) }]);
    }
  };
  EventTarget.prototype.removeEventListener = function (
    this: EventTarget | undefined,
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | EventListenerOptions,
  ): void {
    const target = this ?? window;
    Reflect.apply(unlisten, target, [type, listener, options]);
    const key = `${type}${capturing(options) ? ' (capture)' : ''}`;
    listeners.get(target)?.get(key)?.delete(listener);
  };

  const NativeConnection = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends NativeConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      connections.add(this);
      Reflect.apply(listen, this, [
        'datachannel',
        ({ channel }: RTCDataChannelEvent) => channels.add(channel),
      ]);
    }
    override createDataChannel(label: string, options?: RTCDataChannelInit): RTCDataChannel {
      const channel = super.createDataChannel(label, options);
      channels.add(channel);
      return channel;
    }
  };
  const NativeSocket = window.WebSocket;
  window.WebSocket = class extends NativeSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      sockets.add(this);
    }
  };
  const NativeWorker = window.Worker;
  window.Worker = class extends NativeWorker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      workers.add(this);
    }
    override terminate(): void {
      workers.delete(this);
      super.terminate();
    }
  };
  for (const { prototype } of [MutationObserver, ResizeObserver, IntersectionObserver]) {
    const native = Object.getOwnPropertyDescriptors(prototype);
    const observe = native.observe.value as (...args: unknown[]) => void;
    const disconnect = native.disconnect.value!;
    const watched: Watcher = {
      observe(...args) {
        observers.add(this);
        Reflect.apply(observe, this, args);
      },
      disconnect() {
        observers.delete(this);
        Reflect.apply(disconnect, this, []);
      },
    };
    Object.assign(prototype, watched);
  }
  const create = URL.createObjectURL.bind(URL);
  const revoke = URL.revokeObjectURL.bind(URL);
  URL.createObjectURL = (object) => {
    const url = create(object);
    urls.add(url);
    return url;
  };
  URL.revokeObjectURL = (url) => {
    urls.delete(url);
    revoke(url);
  };

  const natives = {
    setTimeout: window.setTimeout.bind(window),
    clearTimeout: window.clearTimeout.bind(window),
    setInterval: window.setInterval.bind(window),
    clearInterval: window.clearInterval.bind(window),
    request: window.requestAnimationFrame.bind(window),
    cancel: window.cancelAnimationFrame.bind(window),
  };
  Object.assign(window, {
    setTimeout(callback: (...args: unknown[]) => void, delay = 0, ...args: unknown[]) {
      const id = natives.setTimeout(() => {
        timers.delete(`timer ${id}`);
        callback(...args);
      }, delay);
      timers.set(`timer ${id}`, `timeout of ${delay} ms`);
      return id;
    },
    setInterval(callback: (...args: unknown[]) => void, delay = 0, ...args: unknown[]) {
      const id = natives.setInterval(() => callback(...args), delay);
      timers.set(`timer ${id}`, `interval of ${delay} ms`);
      return id;
    },
    clearTimeout(id?: number) {
      timers.delete(`timer ${id}`);
      natives.clearTimeout(id);
    },
    clearInterval(id?: number) {
      timers.delete(`timer ${id}`);
      natives.clearInterval(id);
    },
    requestAnimationFrame(callback: FrameRequestCallback) {
      const id = natives.request((time) => {
        timers.delete(`frame ${id}`);
        callback(time);
      });
      timers.set(`frame ${id}`, 'animation frame');
      return id;
    },
    cancelAnimationFrame(id: number) {
      timers.delete(`frame ${id}`);
      natives.cancel(id);
    },
  });

  window.census = () => {
    const found: Record<string, number> = {};
    const count = (what: string, n = 1): void => {
      if (n > 0) found[what] = (found[what] ?? 0) + n;
    };
    // What is closed is forgotten here too, or the memory measured would be the census's own.
    for (const connection of connections) {
      if (connection.connectionState === 'closed') connections.delete(connection);
    }
    count('peer connection', connections.size);
    for (const channel of channels) {
      if (channel.readyState === 'closed') channels.delete(channel);
      else count(`channel ${channel.label.replace(/\d+|_.*/g, '')}`);
    }
    for (const socket of sockets) {
      if (socket.readyState === NativeSocket.CLOSED) sockets.delete(socket);
      else count(`socket ${new URL(socket.url).pathname}`);
    }
    count('worker', workers.size);
    count('Blob URL', urls.size);
    for (const observer of observers) count(observer.constructor.name);
    for (const what of timers.values()) count(what);
    for (const [target, byType] of listeners) {
      for (const [type, all] of byType) count(`${nameOf(target)} on ${type}`, all.size);
    }
    return Object.fromEntries(Object.entries(found).sort());
  };
}
