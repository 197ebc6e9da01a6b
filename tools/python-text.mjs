import { readdirSync, readFileSync } from 'node:fs';

/** A rollup and vite plugin: `import adapter from './adapter.py'` gives the file's text. */
export function pythonText() {
  return {
    name: 'python-text',
    transform(code, id) {
      if (!id.endsWith('.py')) return null;
      return { code: `export default ${JSON.stringify(code)};`, map: null };
    },
  };
}

/**
 * A rollup plugin: all files of a Python package as one file `python-files.json` beside the bundle,
 * `{name: text}` with sorted names, for servers that compile them.
 */
export function pythonFiles(folder) {
  return {
    name: 'python-files',
    generateBundle() {
      const names = readdirSync(folder).filter((name) => name.endsWith('.py'));
      const files = names.sort().map((name) => [name, readFileSync(`${folder}/${name}`, 'utf8')]);
      const source = JSON.stringify(Object.fromEntries(files));
      this.emitFile({ type: 'asset', fileName: 'python-files.json', source });
    },
  };
}
