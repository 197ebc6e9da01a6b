/** `npm run bench [-- ID...]`: one JSON object a line for every figure of the requirements. */
import { build, chromium, install, installSystemPackages } from './setup.mjs';

install();
build();
installSystemPackages();
process.env.CHROMIUM = chromium() ?? '';
const { runTypeScript } = await import('./run-typescript.mjs');
process.exit(await runTypeScript('e2e/bench/main.ts', process.argv.slice(2)));
