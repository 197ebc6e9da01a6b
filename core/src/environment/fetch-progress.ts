/** Bytes of Pyodide's own files, where nobody says how large they are. */
const USUAL_BYTES = 13e6;
/** The report moves by at least so much: a picture of it cannot show less. */
const STEP = 0.005;

/** What a fetch of this address would be answered, asked for before it is needed. */
type Ahead = Map<string, Promise<Response>>;

/**
 * Runs `task` and reports how much of what it fetches has arrived, 0 to 1, never going back.
 *
 * Pyodide reports no progress, so its fetches are counted while it loads: bytes that came,
 * unpacked. Files of `sizes` are as large as it says and are asked for at once, since Pyodide asks
 * for one after the other. For all others the answers' lengths count, where they are not packed.
 * Scripts are no fetches. Where there is no fetch (Node reads files) nothing is reported.
 *
 * @param sizes bytes of files that the task is known to fetch, unpacked, by their addresses
 */
export async function withFetchProgress<T>(
  sizes: ReadonlyMap<string, number>,
  report: (fraction: number) => void,
  task: () => Promise<T>,
): Promise<T> {
  const original = globalThis.fetch;
  if (typeof original !== 'function') return task();
  const known = [...sizes].filter(([address]) => !/\.m?js$/.test(address));
  const ahead: Ahead = new Map();
  for (const [address] of known) {
    const answer = original(address);
    // A failure is the task's when it asks for it.
    answer.catch(() => undefined);
    ahead.set(address, answer);
  }
  const expected = known.reduce((sum, [, bytes]) => sum + bytes, 0) || USUAL_BYTES;
  let announced = known.length === 0 ? 0 : expected;
  let arrived = 0;
  let last = 0;
  const count = (bytes: number): void => {
    arrived += bytes;
    const fraction = Math.min(1, arrived / Math.max(announced, arrived, expected));
    if (fraction < last + STEP) return;
    last = fraction;
    report(fraction);
  };
  const counting: typeof fetch = async (input, init) => {
    const address = input instanceof Request ? input.url : String(input);
    const early = ahead.get(address);
    ahead.delete(address);
    const response = await (early ?? original(input, init));
    if (!response.ok || response.body === null) return response;
    if (!sizes.has(address) && response.headers.get('content-encoding') === null) {
      announced += Number(response.headers.get('content-length') ?? 0);
    }
    return counted(response, response.body, count);
  };
  globalThis.fetch = counting;
  try {
    return await task();
  } finally {
    globalThis.fetch = original;
    for (const answer of ahead.values()) {
      void answer.then((response) => response.body?.cancel()).catch(() => undefined);
    }
  }
}

function counted(
  response: Response,
  body: ReadableStream<Uint8Array>,
  count: (bytes: number) => void,
): Response {
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      count(chunk.byteLength);
      controller.enqueue(chunk);
    },
  });
  const { status, statusText, headers } = response;
  const copy = new Response(body.pipeThrough(counter), { status, statusText, headers });
  // Constructed answers have no address; Pyodide names it in its errors.
  Object.defineProperty(copy, 'url', { value: response.url });
  return copy;
}
