import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import express, { type Request, type Response, type Router } from 'express';
import { requireResearcher } from '../auth/researcher.ts';
import type { Log } from '../log.ts';
import { columnNames, findColumns, frameCells } from './frames.ts';
import { matchLine } from './matches.ts';
import { Snapshot } from './snapshot.ts';

export interface ExportParts {
  dataFile: string;
  researcherKey: string;
  log: Log;
}

/** The study's data for its researcher, streamed from a snapshot of the database. */
export function exportRouter({ dataFile, researcherKey, log }: ExportParts): Router {
  const router = express.Router();
  router.use(requireResearcher(researcherKey));
  router.use((_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  });

  type Export = (snapshot: Snapshot, matchIds: string[], response: Response) => Promise<void>;
  const serve = (run: Export) => (request: Request, response: Response) => {
    const { match } = request.query;
    const only = typeof match === 'string' ? match : null;
    let snapshot: Snapshot | undefined;
    const send = async (): Promise<void> => {
      snapshot = new Snapshot(dataFile);
      const ids = snapshot.matchIds(only);
      if (only !== null && ids.length === 0) {
        const message = 'There is no match with this id.';
        response.status(404).json({ error: { code: 'unknown_match', message } });
        return;
      }
      await run(snapshot, ids, response);
    };
    send()
      .catch((error: unknown) => {
        // A half-sent table must not look whole: the connection breaks off.
        if (response.headersSent) response.destroy();
        else response.status(500).json({ error: { code: 'internal', message: 'Export failed.' } });
        log.warn('An export broke off.', { error: String(error) });
      })
      .finally(() => snapshot?.close());
  };

  router.get(
    '/matches.jsonl',
    serve(async (snapshot, ids, response) => {
      const lines = function* () {
        for (const id of ids) yield `${JSON.stringify(matchLine(snapshot, id))}\n`;
      };
      response.set('Content-Type', 'application/jsonl; charset=utf-8');
      await pipeline(Readable.from(lines()), response);
    }),
  );
  router.get(
    '/frames.csv',
    serve(async (snapshot, ids, response) => {
      const columns = await findColumns(snapshot, ids);
      response.set('Content-Type', 'text/csv; charset=utf-8');
      const rows = Readable.from(frameCells(snapshot, ids, columns));
      await pipeline(rows, stringify({ header: true, columns: columnNames(columns) }), response);
    }),
  );
  return router;
}
