/** Resolves once the server serves the quick edition of Pyodide, as one that has run before does. */
export async function whenPrepared(url: string): Promise<void> {
  for (;;) {
    const response = await fetch(`${url}/cotrial/pyodide/location.json`);
    const { folder } = (await response.json()) as { folder: string };
    if (folder.endsWith('-compiled/')) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
