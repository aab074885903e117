/** What a page downloads. ARCHITECTURE.md, "Size", says what these limits are made of. */
const asModule = (config) => ({ ...config, format: 'esm' })

export default [
  {
    name: 'createUploader, dependencies included, worker excluded',
    path: 'dist/index.js',
    import: '{ createUploader }',
    modifyEsbuildConfig: asModule,
    gzip: true,
    limit: '43.5 kB',
  },
  {
    name: 'createUploader, our own code',
    path: 'dist/index.js',
    import: '{ createUploader }',
    ignore: ['ky', 'idb-keyval', 'spark-md5', '@noble/hashes/*'],
    modifyEsbuildConfig: asModule,
    gzip: true,
    limit: '32 kB',
  },
  {
    name: 'hash worker',
    path: 'dist/assets/hash-worker.js',
    gzip: true,
    limit: '6 kB',
  },
  {
    name: 'background worker: the engine again, whole',
    path: 'dist/assets/background-worker.js',
    gzip: true,
    limit: '45.5 kB',
  },
]
