/** Puts the adapter's Python files into an interpreter: from source, or compiled by the server. */
import { sha256 } from '@noble/hashes/sha2.js';
import { ADAPTER_FOLDER, compiledAdapterName, toHex } from '../contract/index.ts';
import { canonicalJson } from './canonical-json.ts';
import type { BridgeProxy, Pyodide } from './pyodide.ts';
import { PYTHON_FILES } from './python-files.ts';

const COMPILED = '/cotrial/compiled.marshal';

/**
 * Python looks for byte code in `__pycache__` by itself, and compiles the source where there is
 * none or where it is another version's: nothing depends on what is written here.
 */
const UNPACK = `
def unpack():
    import marshal, os, sys
    try:
        with open(${JSON.stringify(COMPILED)}, "rb") as packed:
            files = marshal.load(packed)
    except (EOFError, ValueError, TypeError):
        return
    folder = ${JSON.stringify(`${ADAPTER_FOLDER}/__pycache__`)}
    os.makedirs(folder, exist_ok=True)
    for name, content in files.items():
        with open(f"{folder}/{name}.{sys.implementation.cache_tag}.pyc", "wb") as file:
            file.write(content)

unpack()
del unpack
`;

const SEARCHED = ADAPTER_FOLDER.slice(0, ADAPTER_FOLDER.lastIndexOf('/'));
const SEARCH = `
import sys
if ${JSON.stringify(SEARCHED)} not in sys.path:
    sys.path.insert(0, ${JSON.stringify(SEARCHED)})
`;

let ownName: string | null = null;

/** Name of the file that a server may have made of these very sources. Slow the first time. */
export function ownCompiledName(): string {
  if (ownName === null) {
    const digest = sha256(new TextEncoder().encode(canonicalJson(PYTHON_FILES)));
    ownName = compiledAdapterName(toHex(digest).slice(0, 16));
  }
  return ownName;
}

/** Writes the sources, which tracebacks show, and the byte code beside them where it is given. */
export function installAdapter(pyodide: Pyodide, compiled: Uint8Array | null): void {
  pyodide.FS.mkdirTree(ADAPTER_FOLDER);
  for (const [name, content] of Object.entries(PYTHON_FILES)) {
    pyodide.FS.writeFile(`${ADAPTER_FOLDER}/${name}`, content);
  }
  if (compiled === null) return;
  pyodide.FS.writeFile(COMPILED, compiled);
  pyodide.runPython(UNPACK);
}

/** @param pyodide an interpreter with the adapter installed */
export function importBridge(pyodide: Pyodide): BridgeProxy {
  pyodide.runPython(SEARCH);
  return pyodide.pyimport('cotrial_host.bridge') as BridgeProxy;
}
