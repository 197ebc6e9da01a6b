/** The arrows of the house: who may import whom. A cycle is a defect. */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'core-imports-nobody',
      severity: 'error',
      from: { path: '^core/src' },
      to: { path: '^(server-kit|plugin-jspsych|demos|e2e)/' },
    },
    {
      name: 'server-kit-shares-only-the-contract',
      comment: 'The command-line tool (cli/) is the one place of the kit that uses all of core.',
      severity: 'error',
      from: { path: '^server-kit/src', pathNot: '^server-kit/src/cli/' },
      to: { path: '^(core/src/(?!contract/)|plugin-jspsych/|demos/|e2e/)' },
    },
    {
      name: 'plugin-uses-core-only',
      severity: 'error',
      from: { path: '^plugin-jspsych/src' },
      to: { path: '^(server-kit|demos|e2e)/' },
    },
    {
      name: 'contract-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^core/src/contract' },
      to: { path: '^core/src/(?!contract/)' },
    },
    {
      name: 'protocol-knows-bytes-only',
      severity: 'error',
      from: { path: '^core/src/protocol' },
      to: { path: '^core/src/(?!protocol/|contract/)' },
    },
    {
      name: 'engine-is-pure',
      comment: 'No clock, no network, no DOM, no Python: time and packets are arguments.',
      severity: 'error',
      from: { path: '^core/src/rollback' },
      to: { path: '^core/src/(?!rollback/|protocol/|contract/)' },
    },
    {
      name: 'links-carry-bytes',
      severity: 'error',
      from: { path: '^core/src/link' },
      to: { path: '^core/src/(?!link/|protocol/|contract/)' },
    },
    {
      name: 'environment-does-not-know-the-session',
      severity: 'error',
      from: { path: '^core/src/environment' },
      to: { path: '^core/src/(?!environment/|contract/|rollback/(requests|results))' },
    },
    {
      name: 'render-draws-and-nothing-else',
      severity: 'error',
      from: { path: '^core/src/render' },
      to: { path: '^core/src/(?!render/|contract/)' },
    },
    {
      name: 'no-tests-in-the-product',
      severity: 'error',
      from: { path: '/src/' },
      to: { path: '\\.(test|spec)\\.ts$|/test/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules|/dist/' },
    exclude: { path: 'node_modules|/dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: [], extensions: ['.ts', '.js', '.mjs'] },
  },
};
