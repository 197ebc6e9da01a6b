/** What the game needs and this browser does not have, by the names that a developer would search. */
export function missingFeatures(): string[] {
  const missing: string[] = [];
  if (typeof WebAssembly === 'undefined') missing.push('WebAssembly');
  if (typeof RTCPeerConnection === 'undefined') missing.push('WebRTC');
  if (!hasModuleWorkers()) missing.push('module workers');
  return missing;
}

/** A browser that reads the `type` option knows module workers. */
function hasModuleWorkers(): boolean {
  if (typeof Worker === 'undefined') return false;
  let read = false;
  const options = {
    get type(): WorkerType {
      read = true;
      return 'module';
    },
  };
  try {
    // An empty script, ended before it runs; it needs no request.
    new Worker('data:text/javascript,', options).terminate();
  } catch {
    // A security policy may forbid this address; the option was read before.
  }
  return read;
}
