import { readFile, writeFile } from 'node:fs/promises'

const DOCUMENT = new URL('../docs/performance.md', import.meta.url)

/** Puts what a case printed between its marks in docs/performance.md. @throws when the document has none for it. */
export async function writeDocs(name: string, text: string): Promise<void> {
  const document = await readFile(DOCUMENT, 'utf8')
  await writeFile(DOCUMENT, withSection(document, name, text))
}

export function withSection(document: string, name: string, text: string): string {
  const [begin, end] = [`<!-- bench ${name} -->`, `<!-- /bench ${name} -->`]
  const [from, to] = [document.indexOf(begin), document.indexOf(end)]
  if (from === -1 || to < from) throw new Error(`The document has no place for "${name}".`)
  return `${document.slice(0, from + begin.length)}\n\n${text}\n\n${document.slice(to)}`
}
