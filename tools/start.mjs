/** `npm start`: everything from a fresh clone to the playground. */
import { spawn } from 'node:child_process';
import { build, install, root } from './setup.mjs';

install();
build();
const server = spawn(process.execPath, ['demos/playground/server.mjs'], {
  cwd: root,
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill(signal));
server.on('exit', (status) => process.exit(status ?? 0));
