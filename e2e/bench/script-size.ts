import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Figure } from './figure.ts';

const SCRIPT = 'plugin-jspsych/dist/index.browser.min.js';

/** PERF-5: what a page downloads for the plugin, jsPsych and Pyodide aside. */
export function measureScript(): Figure[] {
  const script = readFileSync(SCRIPT);
  return [
    {
      id: 'PERF-5',
      value: gzipSync(script, { level: 9 }).length / 1000,
      goal: 120,
      unit: 'kB',
      detail: { file: SCRIPT, uncompressed_kb: script.length / 1000 },
    },
  ];
}
