/** Python files are inlined as text by the build (tools/python-text.mjs). */
declare module '*.py' {
  const text: string;
  export default text;
}
