/** A host with the kit, and nothing else: it is killed. */
import { createServer } from 'node:http';
import express from 'express';
import { attachCotrial } from '@cotrial/server-kit';

const app = express();
const server = createServer(app);
attachCotrial({ app, server, countdownMs: 0 });
server.listen(0, '127.0.0.1');
