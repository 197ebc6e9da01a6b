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
