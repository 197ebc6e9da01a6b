/**
 * What child processes run to compile Python (preparation.ts). They are text because they must run
 * by themselves, from sources and from the bundle. Their arguments begin with the folder to fill
 * and the name that it gets in the end.
 *
 * Only the Python of that very Pyodide can compile for it, so it is loaded. Byte code with an
 * unchecked source hash (PEP 552) is taken as it is, whatever the files' times say.
 */
import { ADAPTER_FOLDER } from '@cotrial/core/contract';

const BEGIN = `
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

setPriority(10);
const [making, made, dir, ...args] = process.argv.slice(1);
const { loadPyodide } = await import(pathToFileURL(join(dir, 'pyodide.mjs')).href);
function pack(name, bytes) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  writeFileSync(join(making, name + '.br'), brotliCompressSync(bytes, { params }));
  writeFileSync(join(making, name + '.gz'), gzipSync(bytes, { level: 9 }));
}
`;
const END = `
renameSync(making, made);
process.exit(0);
`;
const COMPILE = `
import importlib._bootstrap_external, importlib.util

def compiled(content, name):
    code = compile(content, name, "exec", dont_inherit=True, optimize=0)
    source_hash = importlib.util.source_hash(content)
    return bytes(importlib._bootstrap_external._code_to_hash_pyc(code, source_hash, False))
`;

/**
 * Arguments: the Pyodide folder, the library's name in it, and the names of files to pack.
 *
 * Names of the code objects are those that sources would have got: tracebacks are the same. The
 * archive is not compressed, since it is packed as a whole on the way.
 */
export const LIBRARY_PROGRAM = `${BEGIN}
const [library, ...files] = args;
const pyodide = await loadPyodide({ indexURL: dir, env: { PYTHONHASHSEED: '0' } });
pyodide.FS.writeFile('/sources.zip', readFileSync(join(dir, library)));
pyodide.runPython(\`${COMPILE}
import sys, zipfile
folder = next(path for path in sys.path if path.endswith(".zip"))
with zipfile.ZipFile("/sources.zip") as sources, zipfile.ZipFile("/compiled.zip", "w") as archive:
    for entry in sources.infolist():
        name, content = entry.filename, sources.read(entry)
        if name.endswith(".py"):
            content = compiled(content, f"{folder}/{name}")
            name += "c"
        archive.writestr(zipfile.ZipInfo(name), content)
\`);
writeFileSync(join(making, library), pyodide.FS.readFile('/compiled.zip'));
for (const name of files) {
  const source = join(name === library ? making : dir, name);
  if (existsSync(source)) pack(name, readFileSync(source));
}
${END}`;

/**
 * Arguments: the Pyodide folder, the library to load it with, the file with the adapter's sources,
 * their SHA-256, and the name of the result: modules' byte code by their names, marshalled.
 */
export const ADAPTER_PROGRAM = `${BEGIN}
const [stdLibURL, sources, sha256, name] = args;
const text = readFileSync(sources);
if (createHash('sha256').update(text).digest('hex') !== sha256) {
  throw new Error(sources + ' has changed since the server started');
}
const pyodide = await loadPyodide({ indexURL: dir, stdLibURL, env: { PYTHONHASHSEED: '0' } });
pyodide.FS.writeFile('/sources.json', text);
pyodide.runPython(\`${COMPILE}
import json, marshal
with open("/sources.json", "rb") as file:
    sources = json.load(file)
files = {
    name.removesuffix(".py"): compiled(text.encode(), f"${ADAPTER_FOLDER}/{name}")
    for name, text in sources.items()
}
with open("/compiled", "wb") as file:
    marshal.dump(files, file)
\`);
const bytes = pyodide.FS.readFile('/compiled');
writeFileSync(join(making, name), bytes);
pack(name, bytes);
${END}`;
