import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { pythonText } from './tools/python-text.mjs';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const shared = {
  plugins: [pythonText()],
  resolve: {
    alias: {
      '@cotrial/core/contract': here('./core/src/contract/index.ts'),
      '@cotrial/core': here('./core/src/index.ts'),
      '@cotrial/server-kit': here('./server-kit/src/index.ts'),
    },
  },
};

/** Browser tests that mostly wait for their own frames, and judge no moment: two files at a time. */
const PATIENT = [
  'desync',
  'firefox',
  'host-application',
  'leaks',
  'loading',
  'long-run',
  'pages',
  'pictures',
  'play',
  'playground',
  'readme',
  'restart',
].map((name) => `e2e/${name}.test.ts`);
const browsers = { testTimeout: 300_000, hookTimeout: 300_000 };

/** Fast checks run beside each other; then what starts browsers, the rest of it a file at a time. */
export default defineConfig({
  test: {
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          maxWorkers: 2,
          include: ['core/**/*.test.ts', 'server-kit/**/*.test.ts', 'demos/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        ...shared,
        test: {
          name: 'plugin',
          maxWorkers: 2,
          include: ['plugin-jspsych/**/*.test.ts'],
          environment: 'jsdom',
          testTimeout: 60_000,
        },
      },
      {
        ...shared,
        test: {
          ...browsers,
          name: 'e2e-patient',
          include: PATIENT,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        ...shared,
        test: {
          ...browsers,
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          exclude: PATIENT,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
