import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig, type Plugin } from 'vite'

const SRC = `${import.meta.dirname}/src`
/** The picker's styles stay as they are written: light-dark() made to fit older browsers asks the page for help. */
const CSS_TARGET = ['chrome123', 'firefox120', 'safari17.5']
const CORE = /\/src\/(?!picker\/)/

/** `vite build` makes the library; `vite build --mode demo` makes the demo page, which uses it by its public name. */
export default defineConfig(({ mode }) => {
  const shared = {
    // A worker's file must be found relative to the script that starts it, in any consumer's build.
    base: './',
    // Consumers copy a worker's file as it is, so it is whole, small and has a stable name.
    worker: {
      format: 'es' as const,
      rolldownOptions: { output: { entryFileNames: 'assets/[name].js', minify: true } },
    },
  }
  if (mode === 'demo') {
    return {
      ...shared,
      plugins: [everyPage],
      resolve: {
        // The longer names first: a shorter one is the beginning of them.
        alias: {
          'oss-direct-upload/picker/define': `${SRC}/picker/define.ts`,
          'oss-direct-upload/picker': `${SRC}/picker/oss-upload-picker.ts`,
          'oss-direct-upload': `${SRC}/index.ts`,
        },
      },
      build: {
        outDir: '.demo-dist',
        emptyOutDir: true,
        target: 'es2022',
        cssTarget: CSS_TARGET,
        modulePreload: false,
      },
    }
  }
  return {
    ...shared,
    publicDir: false as const,
    build: {
      target: 'es2022',
      minify: false,
      cssMinify: true,
      cssTarget: CSS_TARGET,
      lib: {
        entry: {
          index: 'src/index.ts',
          'picker/oss-upload-picker': 'src/picker/oss-upload-picker.ts',
          'picker/define': 'src/picker/define.ts',
        },
        formats: ['es' as const],
      },
      rolldownOptions: {
        external: [/^(ky|idb-keyval|spark-md5|@noble\/hashes)/],
        // Two files and a door: what every upload takes, and what is loaded when the first file goes by parts.
        output: {
          chunkFileNames: '[name].js',
          codeSplitting: { groups: [{ name: 'core', tags: ['$initial'], test: CORE }] },
        },
      },
    },
    experimental: { renderBuiltUrl: (file: string) => ({ runtime: urlBesideScript(file) }) },
  }
})

/** Builds all the pages of a folder, where Vite by itself takes one. */
const everyPage: Plugin = {
  name: 'every-page',
  config({ root = import.meta.dirname }) {
    const pages = readdirSync(root).filter((name) => name.endsWith('.html'))
    return { build: { rolldownOptions: { input: pages.map((name) => join(root, name)) } } }
  },
}

/**
 * The consumer's build may have no place to find the file beside, as in a bundle for classic scripts, where `import.meta`
 * is empty. Such a page must load all the same: it gets '', hashes on its own thread and has no background.
 */
function urlBesideScript(file: string): string {
  const place = `${JSON.stringify(file)}, import.meta.url`
  return `(URL.canParse(${place}) ? new URL(${place}).href : '')`
}
