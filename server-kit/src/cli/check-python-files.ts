/** The Python package `cotrial_check`, inlined by the build: used by `cotrial check` only. */
import costs from '../../../core/src/environment/python/cotrial_check/costs.py';
import desk from '../../../core/src/environment/python/cotrial_check/desk.py';
import episodes from '../../../core/src/environment/python/cotrial_check/episodes.py';
import findings from '../../../core/src/environment/python/cotrial_check/findings.py';
import init from '../../../core/src/environment/python/cotrial_check/__init__.py';
import parts from '../../../core/src/environment/python/cotrial_check/parts.py';
import pictures from '../../../core/src/environment/python/cotrial_check/pictures.py';
import recorder from '../../../core/src/environment/python/cotrial_check/recorder.py';
import returned from '../../../core/src/environment/python/cotrial_check/returned.py';
import search from '../../../core/src/environment/python/cotrial_check/search.py';
import source from '../../../core/src/environment/python/cotrial_check/source.py';
import states from '../../../core/src/environment/python/cotrial_check/states.py';
import subject from '../../../core/src/environment/python/cotrial_check/subject.py';

export const CHECK_PYTHON_FILES: Readonly<Record<string, string>> = {
  '__init__.py': init,
  'costs.py': costs,
  'desk.py': desk,
  'episodes.py': episodes,
  'findings.py': findings,
  'parts.py': parts,
  'pictures.py': pictures,
  'recorder.py': recorder,
  'returned.py': returned,
  'search.py': search,
  'source.py': source,
  'states.py': states,
  'subject.py': subject,
};
