/** An element of a reply: its text, or its children. Names come without a namespace prefix. */
export interface XmlElement {
  readonly name: string
  readonly text: string
  readonly children: readonly XmlElement[]
}

const MAX_LENGTH = 1024 * 1024
const MAX_DEPTH = 16
const NAMED_ENTITIES: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
}

/**
 * Reads the small XML documents OSS answers with. Workers have no `DOMParser`, and an answer may be hostile: at most
 * 1 MiB, 16 levels, no DTD, no entities but the five of XML and characters by number.
 *
 * @returns `undefined` when the text is not such a document.
 */
export function readXml(source: string): XmlElement | undefined {
  if (source.length > MAX_LENGTH || source.includes('<!DOCTYPE')) return undefined
  const token =
    /<\?[^>]*\?>|<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<(\/?)([\w.:-]+)(?:\s[^<>]*?)?(\/?)>|([^<]+)/y
  const top = createOpenElement('')
  const open = [top]
  while (token.lastIndex < source.length) {
    const match = token.exec(source)
    const current = open.at(-1)
    if (!match || !current) return undefined
    const [, cdata, closing, name, empty, text] = match
    if (cdata !== undefined) current.text += cdata
    else if (text !== undefined) {
      const decoded = decodeEntities(text)
      if (decoded === undefined) return undefined
      current.text += decoded
    } else if (closing === '/') {
      if (open.length === 1 || current.name !== localName(name)) return undefined
      open.pop()
    } else if (name !== undefined) {
      const child = createOpenElement(localName(name))
      current.children.push(child)
      if (empty !== '/') open.push(child)
      if (open.length > MAX_DEPTH + 1) return undefined
    }
  }
  const [root, ...others] = top.children
  return open.length === 1 && root && others.length === 0 && top.text.trim() === ''
    ? root
    : undefined
}

/** The first child of that name, as trimmed text. */
export function childText(element: XmlElement, name: string): string | undefined {
  return element.children.find((child) => child.name === name)?.text.trim()
}

export function childrenNamed(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.name === name)
}

interface OpenElement extends XmlElement {
  text: string
  readonly children: OpenElement[]
}

function createOpenElement(name: string): OpenElement {
  return { name, text: '', children: [] }
}

function localName(name = ''): string {
  return name.slice(name.indexOf(':') + 1)
}

function decodeEntities(text: string): string | undefined {
  let isValid = true
  const decoded = text.replace(/&([^;&\s]*);?/g, (whole, entity: string) => {
    const value = whole.endsWith(';') ? decodeEntity(entity) : undefined
    isValid &&= value !== undefined
    return value ?? ''
  })
  return isValid ? decoded : undefined
}

function decodeEntity(entity: string): string | undefined {
  const number = /^#(?:x([\da-f]{1,6})|(\d{1,7}))$/i.exec(entity)
  if (!number) return Object.hasOwn(NAMED_ENTITIES, entity) ? NAMED_ENTITIES[entity] : undefined
  const codePoint = number[1] ? Number.parseInt(number[1], 16) : Number(number[2])
  return codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : undefined
}
