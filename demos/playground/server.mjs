/** The playground: `node demos/playground/server.mjs`. */
import { runPlayground } from '@cotrial/server-kit';
import { games } from './games.js';

await runPlayground({ games });
