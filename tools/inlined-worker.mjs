import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/**
 * A rollup plugin: `import source from 'cotrial:worker'` gives core/src/game/worker.ts, bundled
 * and minified, as text. One script tag is then enough, whatever origin the script comes from.
 */
export function inlinedWorker() {
  const entry = fileURLToPath(new URL('../core/src/game/worker.ts', import.meta.url));
  return {
    name: 'inlined-worker',
    resolveId: (id) => (id === 'cotrial:worker' ? `\0${id}` : null),
    async load(id) {
      if (id !== '\0cotrial:worker') return null;
      const { outputFiles, metafile } = await build({
        entryPoints: [entry],
        bundle: true,
        minify: true,
        format: 'esm',
        target: 'es2022',
        platform: 'browser',
        loader: { '.py': 'text' },
        write: false,
        metafile: true,
        legalComments: 'none',
      });
      for (const file of Object.keys(metafile.inputs)) this.addWatchFile(file);
      return `export default ${JSON.stringify(outputFiles[0].text)};`;
    },
  };
}
