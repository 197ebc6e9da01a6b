import { createServer } from 'node:http';
import express from 'express';
import { attachCotrial } from '@cotrial/server-kit';

const app = express();
const server = createServer(app);

attachCotrial({ app, server });
app.use(express.static(import.meta.dirname, { index: 'experiment.html' }));
server.listen(Number(process.env.PORT ?? 3000));
