import { parse } from 'node:path'

/**
 * What a page downloads, as a bundler that splits cuts it: the file of a page whose files are small, and the one that is loaded
 * when the first file goes by parts. ARCHITECTURE.md, "Size", says what these limits are made of.
 *
 * @param {...string} names - Outputs of esbuild that count; all of them when none is named.
 */
const split =
  (...names) =>
  (config) => ({
    ...config,
    format: 'esm',
    splitting: true,
    chunkNames: '[name]',
    plugins: [
      {
        name: 'count',
        setup: (build) =>
          build.onEnd(({ metafile }) => {
            for (const path of Object.keys(metafile?.outputs ?? {})) {
              const counts = names.length === 0 || names.includes(parse(path).name)
              if (!counts) delete metafile.outputs[path]
            }
          }),
      },
    ],
  })

const createUploader = { path: 'dist/index.js', import: '{ createUploader }', gzip: true }
/** What is shared with the later file is called `chunk`. */
const FIRST = split('index', 'chunk')

export default [
  {
    ...createUploader,
    name: 'a page with small files: createUploader, dependencies included, worker excluded',
    modifyEsbuildConfig: FIRST,
    limit: '35.1 kB',
  },
  {
    ...createUploader,
    name: 'of that, our own code',
    ignore: ['ky', 'idb-keyval', 'spark-md5', '@noble/hashes/*'],
    modifyEsbuildConfig: FIRST,
    limit: '23.5 kB',
  },
  {
    ...createUploader,
    name: 'added by the first file that goes by parts',
    modifyEsbuildConfig: split('page-multipart'),
    limit: '16.5 kB',
  },
  { ...createUploader, name: 'both', modifyEsbuildConfig: split(), limit: '51.5 kB' },
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
    limit: '50.8 kB',
  },
  {
    name: 'the picker, on top of createUploader; its other languages are loaded when they are spoken',
    path: 'dist/picker/define.js',
    gzip: true,
    modifyEsbuildConfig: (config) => ({
      ...config,
      format: 'esm',
      external: ['*/core.js', '*/index.js', '*/messages-zh.js'],
    }),
    limit: '16.4 kB',
  },
]
