/**
 * Runs `task` and reports how much of what it fetches has arrived, 0 to 1, never going back.
 *
 * Pyodide reports no progress, so its fetches are counted while it loads: bytes that came, of the
 * bytes that the answers so far announce. `expected` bytes are taken for granted until more are
 * announced, so that the first small file does not fill the bar. Answers without a length, or
 * compressed ones, are counted as they come. Where there is no fetch (Node reads files) nothing
 * is reported.
 */
export async function withFetchProgress<T>(
  expected: number,
  report: (fraction: number) => void,
  task: () => Promise<T>,
): Promise<T> {
  const original = globalThis.fetch;
  if (typeof original !== 'function') return task();
  let announced = 0;
  let arrived = 0;
  let last = 0;
  const count = (bytes: number): void => {
    arrived += bytes;
    const fraction = Math.min(1, arrived / Math.max(announced, arrived, expected));
    if (fraction < last + 0.005) return;
    last = fraction;
    report(fraction);
  };
  const counting: typeof fetch = async (input, init) => {
    const response = await original(input, init);
    if (!response.ok || response.body === null) return response;
    if (response.headers.get('content-encoding') === null) {
      announced += Number(response.headers.get('content-length') ?? 0);
    }
    const counter = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        count(chunk.byteLength);
        controller.enqueue(chunk);
      },
    });
    const { status, statusText, headers } = response;
    const counted = new Response(response.body.pipeThrough(counter), {
      status,
      statusText,
      headers,
    });
    // Constructed answers have no address; Pyodide names it in its errors.
    Object.defineProperty(counted, 'url', { value: response.url });
    return counted;
  };
  globalThis.fetch = counting;
  try {
    return await task();
  } finally {
    globalThis.fetch = original;
  }
}
