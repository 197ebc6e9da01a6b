/** `npm run soak -- --minutes N`: the simulator for as long as it is told (core/simulator/soak.ts). */
import { runSimulator } from './run-simulator.mjs';

process.exitCode = await runSimulator('soak.ts');
