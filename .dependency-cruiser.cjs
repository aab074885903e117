/** The arrows between the rooms (ARCHITECTURE.md). A file may import from its own room and from the rooms its row names. */
const rooms = {
  errors: [],
  'or-aborted': [],
  protocol: ['errors'],
  plan: ['errors'],
  checkpoint: ['errors', 'protocol', 'plan'],
  environment: ['protocol', 'plan', 'errors'],
  client: ['errors', 'or-aborted', 'protocol', 'plan', 'environment'],
  tabs: ['environment'],
  task: ['errors', 'or-aborted', 'plan', 'checkpoint', 'client', 'tabs', 'environment', 'protocol'],
  queue: ['errors', 'plan', 'task', 'environment'],
  picker: ['index'],
  platform: ['errors', 'or-aborted', 'protocol', 'environment'],
  testing: ['errors', 'protocol', 'environment', 'client', 'uploader', 'whole-uploader'],
  simulation: ['testing', 'errors', 'protocol', 'environment', 'uploader', 'whole-uploader'],
}
/** Runs the whole engine where there is no page, and so puts it together as `uploader` does. */
const background = '^src/platform/background/background-worker\\.ts$'
const path = (room) => `^src/${room}(/|\\.ts$)`
const tests = '\\.test\\.ts$'

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: tests },
      to: {},
    },
    ...Object.entries(rooms).map(([room, allowed]) => ({
      name: `${room}-imports-only-its-row`,
      severity: 'error',
      from: { path: path(room), pathNot: [tests, background] },
      to: { path: '^src/', pathNot: [room, ...allowed].map(path) },
    })),
    {
      name: 'background-worker-is-a-composition-root',
      severity: 'error',
      from: { path: background },
      to: { path: '^src/picker' },
    },
    {
      name: 'nothing-imports-the-background-worker',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/platform/worker-urls\\.ts$' },
      to: { path: background },
    },
    {
      name: 'transition-is-pure',
      severity: 'error',
      from: { path: '^src/task/machine/' },
      to: { path: ['^src/client', '^src/environment'] },
    },
    {
      name: 'packages-stay-in-their-room',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/platform/', tests] },
      to: { path: 'node_modules/(ky|idb-keyval|spark-md5)/' },
    },
    {
      name: 'hashes-stay-in-protocol',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/protocol/', tests] },
      to: { path: 'node_modules/@noble/hashes/' },
    },
    {
      name: 'production-code-does-not-import-tests',
      severity: 'error',
      from: { path: '^src/', pathNot: [tests, '^src/(testing|simulation|picker/testing)/'] },
      to: { path: ['^src/(testing|simulation|picker/testing)/', tests] },
    },
    {
      name: 'servers-share-nothing-with-the-library',
      severity: 'error',
      from: { path: '^demo/(oss-server|app-server)/' },
      to: { path: ['^src/'] },
    },
    {
      name: 'page-and-browser-tests-use-the-public-door',
      severity: 'error',
      from: { path: ['^demo/page', '^e2e/', '^bench/page/', '^examples/'] },
      to: {
        path: '^src/',
        pathNot: '^src/(index|picker/define|picker/oss-upload-picker)\\.ts$',
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.mjs', '.js', '.cjs'] },
  },
}
