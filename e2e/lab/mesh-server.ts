import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { startLinkServer, type LinkServer } from './link-server.ts';

/** A server of links alone, whose page `/` is a mesh that tests drive (mesh-page.ts). */
export async function startMeshServer(): Promise<LinkServer> {
  const bundle = await build({
    entryPoints: [fileURLToPath(new URL('./mesh-page.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
  });
  return startLinkServer({
    '/': '<!doctype html><title>mesh</title><script src="/mesh.js"></script>',
    '/mesh.js': bundle.outputFiles[0]!.text,
  });
}
