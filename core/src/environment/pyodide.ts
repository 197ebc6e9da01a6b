/** The part of Pyodide's interface that is used: every version from 0.28 has it. */

/** A Python buffer seen as a typed array, until it is released or the memory grows. */
export interface PyBuffer<T> {
  data: T;
  release(): void;
}

/** Our Host object (python/cotrial_host/host.py). */
export interface HostProxy {
  run: ((length: number) => number) & { destroy(): void };
  reserve(words: number): void;
  set_rate(fps: number): void;
  requests: { getBuffer(type: 'i32'): PyBuffer<Int32Array>; destroy(): void };
  results: { getBuffer(type: 'u8'): PyBuffer<Uint8Array>; destroy(): void };
  destroy(): void;
}

/** Our bridge module (python/cotrial_host/bridge.py). */
export interface BridgeProxy {
  load(source: string, name: string, optionsJson: string): string;
  host: HostProxy;
  destroy(): void;
}

export interface Pyodide {
  version: string;
  FS: {
    mkdirTree(path: string): void;
    writeFile(path: string, content: string | Uint8Array): void;
  };
  runPython(code: string): unknown;
  pyimport(name: string): unknown;
  loadPackage(
    names: string[],
    options?: {
      messageCallback?: (message: string) => void;
      errorCallback?: (message: string) => void;
    },
  ): Promise<unknown>;
  readonly lockfile: { packages: Record<string, LockedPackage | undefined> };
}

/** An entry of a lock file. */
export interface LockedPackage {
  name: string;
  version: string;
  /** Relative to the lock file, or an absolute address. */
  file_name: string;
  sha256: string;
  depends: string[];
}

export interface PyodideOptions {
  indexURL?: string;
  env?: Record<string, string>;
  lockFileURL?: string;
}
export type LoadPyodide = (options: PyodideOptions) => Promise<Pyodide>;

/**
 * Where Pyodide comes from: the folder of a distribution, whose `pyodide.mjs` is imported, or the
 * function itself (in Node, from the `pyodide` package) and, where it cannot tell, its folder.
 */
export type PyodideSource = (
  | {
      url: string;
      /** Bytes, unpacked, of its files where that is known. */
      files?: Record<string, number>;
    }
  | { loadPyodide: (options: never) => Promise<unknown>; indexURL?: string }
) & {
  /** Lock file of the packages, which lie beside it. Default: the distribution's own. */
  lockFileURL?: string;
};
