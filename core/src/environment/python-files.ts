/** The adapter's Python files, inlined by the build, as the package `cotrial_host`. */
import actions from './python/cotrial_host/actions.py';
import apart from './python/cotrial_host/apart.py';
import bridge from './python/cotrial_host/bridge.py';
import describe from './python/cotrial_host/describe.py';
import draw from './python/cotrial_host/draw.py';
import driven from './python/cotrial_host/driven.py';
import episode from './python/cotrial_host/episode.py';
import errors from './python/cotrial_host/errors.py';
import frames from './python/cotrial_host/frames.py';
import generators from './python/cotrial_host/generators.py';
import graph from './python/cotrial_host/graph.py';
import held from './python/cotrial_host/held.py';
import host from './python/cotrial_host/host.py';
import init from './python/cotrial_host/__init__.py';
import kinds from './python/cotrial_host/kinds.py';
import loading from './python/cotrial_host/loading.py';
import paths from './python/cotrial_host/paths.py';
import pixels from './python/cotrial_host/pixels.py';
import plain from './python/cotrial_host/plain.py';
import plan from './python/cotrial_host/plan.py';
import results from './python/cotrial_host/results.py';
import row from './python/cotrial_host/row.py';
import shapes from './python/cotrial_host/shapes.py';
import spaces from './python/cotrial_host/spaces.py';
import standins from './python/cotrial_host/standins.py';
import states from './python/cotrial_host/states.py';
import transfer from './python/cotrial_host/transfer.py';
import unseeded from './python/cotrial_host/unseeded.py';
import verify from './python/cotrial_host/verify.py';
import walk from './python/cotrial_host/walk.py';
import watch from './python/cotrial_host/watch.py';
import wire from './python/cotrial_host/wire.py';

export const PYTHON_FILES: Readonly<Record<string, string>> = {
  '__init__.py': init,
  'actions.py': actions,
  'apart.py': apart,
  'bridge.py': bridge,
  'describe.py': describe,
  'draw.py': draw,
  'driven.py': driven,
  'episode.py': episode,
  'errors.py': errors,
  'frames.py': frames,
  'generators.py': generators,
  'graph.py': graph,
  'held.py': held,
  'host.py': host,
  'kinds.py': kinds,
  'loading.py': loading,
  'paths.py': paths,
  'pixels.py': pixels,
  'plain.py': plain,
  'plan.py': plan,
  'results.py': results,
  'row.py': row,
  'shapes.py': shapes,
  'spaces.py': spaces,
  'standins.py': standins,
  'states.py': states,
  'transfer.py': transfer,
  'unseeded.py': unseeded,
  'verify.py': verify,
  'walk.py': walk,
  'watch.py': watch,
  'wire.py': wire,
};
