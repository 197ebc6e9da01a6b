/** The bundled worker.ts as text, put in place by the build (tools/inlined-worker.mjs). */
declare module 'cotrial:worker' {
  const source: string;
  export default source;
}
