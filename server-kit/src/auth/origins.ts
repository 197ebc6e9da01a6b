import type { IncomingMessage } from 'node:http';

/** Decides which pages may talk to the server. */
export class Origins {
  private readonly more: ReadonlySet<string>;

  /** @param more Origins beside the server's own, for example `https://study.example`. */
  constructor(more: readonly string[]) {
    this.more = new Set(more);
  }

  /**
   * The server's own pages, the listed ones, and clients that are no browsers (those send no
   * Origin; a page cannot leave it out of a socket or a cross-site request). Scheme and proxies
   * differ between what the page and what the server sees, so own means the same Host.
   */
  allows(request: IncomingMessage): boolean {
    const { origin, host } = request.headers;
    if (origin === undefined || this.more.has(origin)) return true;
    try {
      return host !== undefined && new URL(origin).host === host;
    } catch {
      return false;
    }
  }
}
