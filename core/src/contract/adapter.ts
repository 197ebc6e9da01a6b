/**
 * The adapter (the Python that runs beside every environment) comes to a page twice: as source
 * within the plugin, and compiled from the server, which spares each browser that work. The file's
 * name has the hash of the sources in it, so a page takes only what was made of its own.
 */

/** In Pyodide's file system: what a compiled file says of where it comes from. */
export const ADAPTER_FOLDER = '/cotrial/cotrial_host';

const PREFIX = 'cotrial_host-';
const ENDING = '.marshal';

/** @param key the first 16 hexadecimal digits of the SHA-256 of the sources as JSON, names sorted */
export const compiledAdapterName = (key: string): string => `${PREFIX}${key}${ENDING}`;

export const isCompiledAdapter = (name: string): boolean =>
  name.startsWith(PREFIX) && name.endsWith(ENDING);
