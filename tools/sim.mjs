/** `npm run sim`: bundles the simulator and runs it (core/simulator/cli.ts says what it takes). */
import { runSimulator } from './run-simulator.mjs';

process.exitCode = await runSimulator('cli.ts');
