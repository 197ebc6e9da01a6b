import express from 'express';
import { Gauge, Registry } from 'prom-client';
import type { CotrialStats } from './stats.ts';

/** Name, help, and where the figure is found. Totals count since the start of the server. */
const FIGURES: [string, string, (stats: CotrialStats) => number][] = [
  ['cotrial_connected', 'Participants connected now.', (stats) => stats.connected],
  ['cotrial_waiting', 'Participants in the waiting room now.', (stats) => stats.waiting],
  ['cotrial_matches', 'Matches that run now.', (stats) => stats.matches.length],
  [
    'cotrial_relayed_inputs_total',
    'Input packets that crossed the server because a peer connection did not work.',
    (stats) => stats.relayed_inputs,
  ],
  [
    'cotrial_dropped_inputs_total',
    'Packets of all kinds that the relay refused.',
    (stats) => stats.dropped_inputs,
  ],
  [
    'cotrial_dropped_signals_total',
    'Signals to someone outside the own match, or malformed.',
    (stats) => stats.dropped_signals,
  ],
];

/** `GET metrics`: figures of this server in Prometheus' text format, read when asked for. */
export function metricsRouter(stats: () => CotrialStats): express.Router {
  const registry = new Registry();
  for (const [name, help, read] of FIGURES) {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read(stats()));
      },
    });
  }
  const router = express.Router();
  router.get('/metrics', (_request, response, next) => {
    registry
      .metrics()
      .then((text) => response.type(registry.contentType).send(text))
      .catch(next);
  });
  return router;
}
