/** The playground: `node demos/playground/server.mjs`. */
import { runPlayground } from '@cotrial/server-kit';
import { games } from './games.js';

const urls = process.env.COTRIAL_TURN_URLS;
const secret = process.env.COTRIAL_TURN_SECRET;
const turn = urls && secret ? { urls: urls.split(','), secret } : null;

await runPlayground({ games, ...(turn && { ice: { turn } }) });
