import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { info } from '../src/info.ts';

const read = (path: string) =>
  readFileSync(fileURLToPath(new URL(path, import.meta.url).href.replace(/\?.*$/, '')), 'utf8');

it('describes every parameter and every data field, in the tables and in the source', () => {
  const tables = read('../README.md');
  const source = read('../src/info.ts');
  for (const name of [...Object.keys(info.parameters), ...Object.keys(info.data)]) {
    expect(tables).toMatch(new RegExp(`^\\| \`${name}\` `, 'm'));
    expect(source).toMatch(new RegExp(`/\\*\\* [A-Z].*\\. \\*/\\n +${name}: \\{`));
  }
});
