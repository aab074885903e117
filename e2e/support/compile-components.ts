import { extname } from 'node:path'
import { compile } from 'svelte/compiler'
import type { Plugin } from 'vite'
import { compileScript, parse } from 'vue/compiler-sfc'

type Compiler = (source: string, id: string) => string

const COMPILERS: Readonly<Record<string, Compiler>> = {
  '.vue': compileVue,
  '.svelte': compileSvelte,
}

/** Stands in for the plugins of Vue and Svelte, of which small components need little. */
export const compileComponents: Plugin = {
  name: 'compile-components',
  transform(source, id) {
    const compiler = COMPILERS[extname(id)]
    return compiler ? { code: compiler(source, id), map: null, moduleType: 'js' } : undefined
  },
}

function compileVue(source: string, id: string): string {
  const { descriptor, errors } = parse(source, {
    filename: id,
    // Elements of one's own have a hyphen; Vue would take them for components.
    templateParseOptions: { isCustomElement: (tag) => tag.includes('-') },
  })
  if (errors[0]) throw errors[0]
  return compileScript(descriptor, { id, inlineTemplate: true }).content
}

/** `tree`, because a page that demands Trusted Types takes no markup from strings. */
function compileSvelte(source: string, id: string): string {
  return compile(source, { filename: id, generate: 'client', fragments: 'tree' }).js.code
}
