import workerSource from 'cotrial:worker';
import type { FromWorker, ToWorker } from './messages.ts';

const NOT_STARTED =
  'The worker could not be started. If the page has a Content-Security-Policy, let it allow ' +
  '"worker-src blob:", or give the address of a worker script in worker_url.';

/** The page's end of a game worker: typed messages, and an end that leaves nothing behind. */
export class WorkerHandle {
  private readonly worker: Worker;
  private readonly blobUrl: string | null;

  /**
   * @param url address of the worker script, or null to start the one inlined in this bundle: the
   *   bundle may come from another origin, from which a worker cannot be started.
   */
  constructor(
    url: string | null,
    onMessage: (message: FromWorker) => void,
    onCrash: (reason: string) => void,
  ) {
    // Chromium runs a module worker from a Blob only with this very type.
    const blob = url === null ? new Blob([workerSource], { type: 'text/javascript' }) : null;
    this.blobUrl = blob === null ? null : URL.createObjectURL(blob);
    this.worker = new Worker(url ?? this.blobUrl ?? '', { type: 'module', name: 'cotrial' });
    this.worker.onmessage = ({ data }: MessageEvent<FromWorker>) => onMessage(data);
    this.worker.onerror = (event) => {
      event.preventDefault();
      // Without a message it never ran.
      onCrash(event.message || NOT_STARTED);
    };
  }

  post(message: ToWorker, transfer: Transferable[] = []): void {
    this.worker.postMessage(message, transfer);
  }

  terminate(): void {
    this.worker.onmessage = null;
    this.worker.onerror = null;
    this.worker.terminate();
    if (this.blobUrl !== null) URL.revokeObjectURL(this.blobUrl);
  }
}
