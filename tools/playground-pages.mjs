import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const pages = fileURLToPath(new URL('../server-kit/src/playground/pages', import.meta.url));
const resolveFrom = createRequire(new URL('../demos/package.json', import.meta.url));

/** jsPsych's own plugins that the pages use. */
const PLUGINS = ['html-button-response', 'survey-likert'];

/** A rollup plugin: the playground's pages beside the bundle, with the jsPsych plugins they use. */
export function playgroundPages() {
  return {
    name: 'playground-pages',
    writeBundle({ file }) {
      const target = join(dirname(file), 'pages');
      rmSync(target, { recursive: true, force: true });
      mkdirSync(target, { recursive: true });
      cpSync(pages, target, { recursive: true });
      for (const name of PLUGINS) {
        writeFileSync(join(target, `plugin-${name}.js`), browserScript(`@jspsych/plugin-${name}`));
      }
    },
  };
}

/** A jsPsych plugin for script tags, without the source map's address on another server. */
function browserScript(name) {
  const folder = dirname(resolveFrom.resolve(name));
  const script = readFileSync(join(folder, 'index.browser.min.js'), 'utf8');
  const { version } = JSON.parse(readFileSync(join(folder, '..', 'package.json'), 'utf8'));
  return `/* ${name} ${version}, MIT licence, www.jspsych.org */\n${script.replace(/^\/\/# sourceMappingURL=.*$/m, '')}`;
}
