/** `cotrial vendor`: Python packages into a folder of the lab's own, once. */
import type { Command } from 'commander';
import { resolve } from 'node:path';
import { pyodideFolder } from './environment-file.ts';
import { CannotDo } from './exit.ts';
import { resolvePackages, type Wheel } from './vendoring/resolve.ts';
import { refuseForeignFolder, writeVendored, type Vendored } from './vendoring/vendored-folder.ts';

interface VendorOptions {
  out: string;
  pyodide?: string;
  indexUrl?: string;
  json?: true;
}

export function register(command: Command): void {
  command
    .argument('<names...>', 'packages, as for pip: numpy, "gymnasium>=1.0"')
    .option('--out <dir>', 'folder for the wheels and their lock file', 'wheels')
    .option('--pyodide <dir>', 'folder of the Pyodide that will load them, if not the kit’s own')
    .option(
      '--index-url <url>',
      'package index to ask (default: PIP_INDEX_URL, else micropip’s own)',
    )
    .option('--json', 'what was vendored as one line of JSON')
    .addHelpText(
      'after',
      '\nThe server serves the folder (`cotrial play --wheels DIR`, or the option packagesDir of' +
        '\nattachCotrial), and browsers compare every file with its hash in the lock file.' +
        '\n\nExit status: 0 vendored, 2 a package cannot be had; the folder is then as it was.',
    )
    .action(vendor);
}

async function vendor(requirements: string[], options: VendorOptions): Promise<void> {
  const out = resolve(options.out);
  const index = checkedIndex(options.indexUrl ?? (process.env.PIP_INDEX_URL || null));
  const pyodideDir = pyodideFolder(options.pyodide ?? null);
  await refuseForeignFolder(out);
  const resolution = await resolvePackages({ requirements, pyodideDir, index });
  const { pyodide, micropip, wheels } = resolution;
  const record: Vendored = {
    pyodide,
    requested: requirements,
    index,
    micropip,
    packages: wheels.map(({ bytes: _bytes, ...wheel }) => wheel),
  };
  await writeVendored(out, resolution, record);
  console.log(options.json ? JSON.stringify({ out, ...record }) : told(out, wheels, record));
}

function checkedIndex(given: string | null): string | null {
  if (given === null) return null;
  const url = URL.canParse(given) ? new URL(given) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new CannotDo(`${given} is not the address (http or https) of a package index.`);
  }
  // What fetches in JavaScript refuses such addresses; the password shall be printed nowhere.
  if (url.username !== '' || url.password !== '') {
    throw new CannotDo(`The index at ${url.host} wants a password: use one that does not.`);
  }
  return given.replace(/\/+$/, '');
}

function told(out: string, wheels: Wheel[], { pyodide, micropip }: Vendored): string {
  const lines = wheels.map(({ name, version, bytes, from }) => {
    const size = `${Math.ceil(bytes.length / 1024)} kB`;
    return `  ${name} ${version}  ${size}  from ${from}`;
  });
  return [
    `In ${out}, for Pyodide ${pyodide}:`,
    ...lines,
    `Found by micropip ${micropip.version} from ${micropip.from}. All this is in vendored.json.`,
  ].join('\n');
}
