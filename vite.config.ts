import { defineConfig } from 'vite'

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
      resolve: { alias: { 'oss-direct-upload': `${import.meta.dirname}/src/index.ts` } },
      build: { outDir: '.demo-dist', emptyOutDir: true, target: 'es2022', modulePreload: false },
    }
  }
  return {
    ...shared,
    publicDir: false as const,
    build: {
      target: 'es2022',
      minify: false,
      lib: { entry: 'src/index.ts', formats: ['es' as const], fileName: 'index' },
      rolldownOptions: {
        external: [/^(ky|idb-keyval|spark-md5|@noble\/hashes)/],
        // Two files and a door: what every upload takes, and what is loaded when the first file goes by parts.
        output: {
          chunkFileNames: '[name].js',
          codeSplitting: { groups: [{ name: 'core', tags: ['$initial'] }] },
        },
      },
    },
    experimental: { renderBuiltUrl: (file: string) => ({ runtime: urlBesideScript(file) }) },
  }
})

/**
 * The consumer's build may have no place to find the file beside, as in a bundle for classic scripts, where `import.meta`
 * is empty. Such a page must load all the same: it gets '', hashes on its own thread and has no background.
 */
function urlBesideScript(file: string): string {
  const place = `${JSON.stringify(file)}, import.meta.url`
  return `(URL.canParse(${place}) ? new URL(${place}).href : '')`
}
