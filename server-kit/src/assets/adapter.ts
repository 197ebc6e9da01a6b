import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { compiledAdapterName } from '@cotrial/core/contract';

/** The Python that the plugin brings to every page, to be compiled for it. */
export interface AdapterSources {
  file: string;
  sha256: string;
  /** What the compiled file is called. */
  compiledName: string;
}

/** @param file the plugin's `python-files.json`. @returns null if it is not there */
export async function readAdapter(file: string | null): Promise<AdapterSources | null> {
  const content = file === null ? null : await readFile(file).catch(() => null);
  if (file === null || content === null) return null;
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { file, sha256, compiledName: compiledAdapterName(sha256.slice(0, 16)) };
}
