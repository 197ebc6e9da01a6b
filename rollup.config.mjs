import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import commonjs from '@rollup/plugin-commonjs';
import json from '@rollup/plugin-json';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import dts from 'rollup-plugin-dts';
import esbuild, { minify } from 'rollup-plugin-esbuild';
import { inlinedWorker } from './tools/inlined-worker.mjs';
import { playgroundPages } from './tools/playground-pages.mjs';
import { pythonFiles, pythonText } from './tools/python-text.mjs';

const manifest = (folder) => JSON.parse(readFileSync(`./${folder}/package.json`, 'utf8'));
/** A package's own dependencies stay imports: the user's installation brings them. */
const dependenciesOf = (folder) => {
  const { dependencies = {}, peerDependencies = {} } = manifest(folder);
  const names = Object.keys({ ...dependencies, ...peerDependencies });
  return (id) =>
    id.startsWith('node:') || names.some((name) => id === name || id.startsWith(`${name}/`));
};

/** Our own packages from their sources, and engine.io-client's files for browsers: it names them in
 * package.json's `browser`, which is not looked at for a package found through its `exports`. */
const forBrowsers = () => ({
  name: 'for-browsers',
  resolveId(id, importer, options) {
    if (id === '@cotrial/core') return fileURLToPath(new URL('core/src/index.ts', import.meta.url));
    if (!id.endsWith('.node.js') || !importer?.includes('engine.io-client')) return null;
    return this.resolve(id.replace('.node.js', '.js'), importer, { ...options, skipSelf: true });
  },
});

const compile = () => esbuild({ target: 'es2022', tsconfig: 'tsconfig.json' });
const browserResolve = () => nodeResolve({ browser: true, extensions: ['.ts', '.mjs', '.js'] });
const inlined = () => [pythonText(), inlinedWorker()];

/** ESM, CommonJS and types of one entry. */
const library = (input, folder, name, plugins) => [
  {
    input,
    external: dependenciesOf(folder),
    output: [
      { file: `${folder}/dist/${name}.js`, format: 'es', sourcemap: true },
      { file: `${folder}/dist/${name}.cjs`, format: 'cjs', sourcemap: true, exports: 'named' },
    ],
    plugins: [...plugins, compile()],
  },
  {
    input,
    external: (id) => dependenciesOf(folder)(id) || id.endsWith('.py') || id === 'cotrial:worker',
    output: { file: `${folder}/dist/${name}.d.ts`, format: 'es' },
    plugins: [dts()],
  },
];

const plugin = 'plugin-jspsych';
const entry = `${plugin}/src/index.ts`;
const global = { name: 'jsPsychMultiplayerPyodide', globals: { jspsych: 'jsPsychModule' } };
/** Everything but jsPsych is inside: the plugin is used by script tag or installed alone. */
const bundled = [forBrowsers(), ...inlined(), browserResolve(), commonjs(), json(), compile()];

export default [
  ...library('core/src/index.ts', 'core', 'index', [...inlined(), json()]),
  ...library('core/src/contract/index.ts', 'core', 'contract', []),
  ...library('server-kit/src/index.ts', 'server-kit', 'index', [json(), playgroundPages()]),
  // The command-line tool: a file for each subcommand, and what they need of core's sources.
  {
    input: {
      main: 'server-kit/src/cli/main.ts',
      'check-worker': 'server-kit/src/cli/check-worker.ts',
    },
    external: dependenciesOf('server-kit'),
    output: {
      dir: 'server-kit/dist/cli',
      format: 'es',
      sourcemap: true,
      chunkFileNames: '[name].js',
    },
    plugins: [
      ...inlined(),
      nodeResolve({ extensions: ['.ts', '.mjs', '.js'] }),
      commonjs(),
      json(),
      compile(),
    ],
  },
  {
    input: entry,
    external: ['jspsych'],
    output: [
      { file: `${plugin}/dist/index.js`, format: 'es', sourcemap: true },
      { file: `${plugin}/dist/index.cjs`, format: 'cjs', sourcemap: true, exports: 'default' },
    ],
    plugins: [...bundled, pythonFiles('core/src/environment/python/cotrial_host')],
  },
  {
    input: entry,
    external: ['jspsych'],
    output: [
      { file: `${plugin}/dist/index.browser.js`, format: 'iife', sourcemap: true, ...global },
      {
        file: `${plugin}/dist/index.browser.min.js`,
        format: 'iife',
        sourcemap: true,
        plugins: [minify({ target: 'es2022' })],
        ...global,
      },
    ],
    plugins: bundled,
  },
  {
    input: entry,
    external: ['jspsych'],
    output: { file: `${plugin}/dist/index.d.ts`, format: 'es' },
    plugins: [dts()],
  },
];
