import { core } from './core.ts';
import { info } from './info.ts';
import { loadOptions, type LoadParameters, type TrialParameters } from './options.ts';
import { loadSource } from './source.ts';
import { missingFeatures } from './support.ts';

/** A trial's parameters, of which those count that say what is to be loaded. */
export type PreloadParameters = Partial<
  LoadParameters & Pick<TrialParameters, 'environment' | 'environment_code' | 'load_timeout'>
>;

const { parameters: described } = info;
const DEFAULTS = {
  server: described.server.default,
  environment: described.environment.default,
  environment_code: described.environment_code.default,
  environment_options: described.environment_options.default,
  packages: [...described.packages.default],
  pyodide_url: described.pyodide_url.default,
  worker_url: described.worker_url.default,
  load_timeout: described.load_timeout.default,
};

/** Resolves to whether it is loaded. */
export function preloadEnvironment(
  given: PreloadParameters,
  on_progress: (fraction: number) => void = () => undefined,
): Promise<boolean> {
  if (missingFeatures().length > 0) return Promise.resolve(false);
  const parameters = { ...DEFAULTS, ...given };
  const { environment, environment_code, load_timeout } = parameters;
  const source = loadSource(environment, environment_code, AbortSignal.timeout(load_timeout));
  const progress = (_stage: string, fraction: number) => {
    on_progress(fraction);
  };
  return core.preload(loadOptions(parameters, source), progress, load_timeout);
}
