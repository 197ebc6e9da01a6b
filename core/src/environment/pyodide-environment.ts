import { sha256 } from '@noble/hashes/sha2.js';
import { toHex } from '../contract/index.ts';
import type { RequestList } from '../rollback/requests.ts';
import type { Results } from '../rollback/results.ts';
import { importBridge } from './adapter.ts';
import { canonicalJson } from './canonical-json.ts';
import { answerError, EnvironmentError } from './environment-error.ts';
import type { Agent, Environment, EnvironmentDescription } from './environment.ts';
import { withFetchProgress } from './fetch-progress.ts';
import { RequestPacker } from './pack-requests.ts';
import { loadPackages } from './packages.ts';
import type { HostProxy, PyBuffer, Pyodide, PyodideSource } from './pyodide.ts';
import { PYTHON_FILES } from './python-files.ts';
import { startPython } from './start-python.ts';

export { EnvironmentError } from './environment-error.ts';
export type { PyodideSource } from './pyodide.ts';
export { startPython } from './start-python.ts';

export type EnvironmentStage = 'python' | 'packages' | 'environment';

export interface PyodideEnvironmentOptions extends EnvironmentSource {
  pyodide: PyodideSource;
  /** How far a stage is, 0 to 1. Every stage ends with 1. */
  progress?: (stage: EnvironmentStage, fraction: number) => void;
}

export interface EnvironmentSource {
  /** Python source text. */
  source: string;
  /** Shown in tracebacks. */
  source_name: string;
  /** Given to `make_env` or the class; plain JSON values. */
  options?: Record<string, unknown>;
  /** Packages that the environment imports, by the names of the distribution's lock file. */
  packages?: string[];
}

/**
 * Starts Python and loads an environment into it: a fresh interpreter, since some environments
 * change modules that others use.
 *
 * @throws EnvironmentError that says which part failed and why.
 */
export async function loadPyodideEnvironment(
  options: PyodideEnvironmentOptions,
): Promise<Environment> {
  const report = options.progress ?? (() => undefined);
  report('python', 0);
  const pyodide = await startPython(options.pyodide, (fraction) => report('python', fraction));
  report('python', 1);
  return loadEnvironmentInto(pyodide, options, report);
}

/** Loads an environment into a Python that `startPython` started. @throws EnvironmentError */
export async function loadEnvironmentInto(
  pyodide: Pyodide,
  source: EnvironmentSource,
  report: (stage: EnvironmentStage, fraction: number) => void = () => undefined,
): Promise<Environment> {
  const names = [...(source.packages ?? [])].sort();
  let packages: string[] = [];
  if (names.length > 0) {
    report('packages', 0);
    packages = await withFetchProgress(
      new Map(),
      (fraction) => report('packages', fraction),
      () => loadPackages(pyodide, names),
    );
  }
  report('packages', 1);
  report('environment', 0);
  const bridge = importBridge(pyodide);
  const options = canonicalJson(source.options ?? {});
  const { constant_actions, ...answer } = parseLoaded(
    bridge.load(source.source, source.source_name, options),
  );
  const description: EnvironmentDescription = {
    ...answer,
    agents: answer.agents.map((agent) => ({
      ...agent,
      default_action: Uint8Array.from(agent.default_action),
    })),
    sha256: environmentSha256(source.source, options, pyodide.version, packages),
    pyodide_version: pyodide.version,
  };
  report('environment', 1);
  const packer = constant_actions
    ? new RequestPacker(description.agents.length, description.action_bytes)
    : null;
  return new PyodideEnvironment(bridge.host, description, packer);
}

/** As python/cotrial_host/bridge.py gives it. */
type LoadedAnswer = Omit<EnvironmentDescription, 'agents' | 'sha256' | 'pyodide_version'> & {
  agents: (Omit<Agent, 'default_action'> & { default_action: number[] })[];
  /** Whether a joint action can be decoded once for all frames. */
  constant_actions: boolean;
};

function parseLoaded(json: string): LoadedAnswer {
  const answer = JSON.parse(json) as
    LoadedAnswer | { error: { where: string; message: string; traceback: string } };
  if ('error' in answer) {
    const { where, message, traceback } = answer.error;
    throw new EnvironmentError(where, message, traceback);
  }
  return answer;
}

/** Peers must run the same: whatever can change a frame is part of it, a file's name is not. */
function environmentSha256(
  source: string,
  options: string,
  version: string,
  packages: string[],
): string {
  const parts = canonicalJson([source, options, version, packages, PYTHON_FILES]);
  return toHex(sha256(new TextEncoder().encode(parts)));
}

const text = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

class PyodideEnvironment implements Environment {
  private readonly call: (length: number) => number;
  private requests: PyBuffer<Int32Array>;
  private results: PyBuffer<Uint8Array>;
  /** What Python has not been told yet. */
  private rate: number | null = null;

  constructor(
    private readonly host: HostProxy,
    readonly description: EnvironmentDescription,
    private readonly packer: RequestPacker | null,
  ) {
    this.call = host.run;
    this.requests = host.requests.getBuffer('i32');
    this.results = host.results.getBuffer('u8');
  }

  run(requests: RequestList, results: Results): void {
    try {
      if (this.rate !== null) {
        this.host.set_rate(this.rate);
        this.rate = null;
      }
      const size = this.call(this.hand(requests));
      if (size === 0) results.clear();
      else results.fill(this.resultView(size).subarray(0, size));
    } catch (cause) {
      // Python itself failed: out of memory, or its stack overflowed.
      answerError(results, new EnvironmentError('python', text(cause), ''));
    }
  }

  setRate(fps: number): void {
    this.rate = fps;
  }

  /** Puts the list into Python's buffer; its length there. */
  private hand(requests: RequestList): number {
    const { packer } = this;
    if (packer !== null) {
      return packer.pack(requests, this.requestView(packer.mostWords(requests)));
    }
    this.requestView(requests.length).set(requests.words.subarray(0, requests.length));
    return requests.length;
  }

  /** Python's request buffer; views die when WebAssembly's memory grows. */
  private requestView(words: number): Int32Array {
    if (this.requests.data.length >= words && this.requests.data.byteLength > 0) {
      return this.requests.data;
    }
    this.requests.release();
    const { host } = this;
    const proxy = host.requests;
    this.requests = proxy.getBuffer('i32');
    proxy.destroy();
    if (this.requests.data.length < words) {
      this.requests.release();
      host.reserve(2 * words);
      this.requests = host.requests.getBuffer('i32');
    }
    return this.requests.data;
  }

  private resultView(bytes: number): Uint8Array {
    if (this.results.data.byteLength >= bytes && this.results.data.byteLength > 0) {
      return this.results.data;
    }
    this.results.release();
    const proxy = this.host.results;
    this.results = proxy.getBuffer('u8');
    proxy.destroy();
    return this.results.data;
  }
}
