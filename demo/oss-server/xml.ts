/** A tree to be written: text, or children in order; `undefined` children are left out. */
export type XmlContent = string | number | readonly (XmlNode | undefined)[]
export type XmlNode = readonly [name: string, content: XmlContent]

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'

export function writeXml(root: XmlNode): string {
  return `${DECLARATION}${writeNode(root)}\n`
}

function writeNode([name, content]: XmlNode): string {
  const inner =
    typeof content === 'object'
      ? content.map((child) => (child === undefined ? '' : writeNode(child))).join('')
      : escapeText(String(content))
  return `<${name}>${inner}</${name}>`
}

function escapeText(text: string): string {
  return text.replace(/[&<>]|(?![\n\t])\p{Cc}/gu, (character) =>
    character === '&'
      ? '&amp;'
      : character === '<'
        ? '&lt;'
        : character === '>'
          ? '&gt;'
          : `&#${character.codePointAt(0)};`,
  )
}

/** An element that was read. Names are without prefix, text without the white space around it. */
export interface XmlElement {
  name: string
  text: string
  children: XmlElement[]
}

const MAX_DEPTH = 16
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const TOKEN = new RegExp(
  [
    String.raw`<\?[\s\S]*?\?>|<!--[\s\S]*?-->`,
    String.raw`<!\[CDATA\[(?<cdata>[\s\S]*?)\]\]>`,
    String.raw`<\/(?<closing>[^\s<>/]+)\s*>`,
    String.raw`<(?<opening>[^\s<>/!?]+)(?:\s+[^\s<>=/]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*(?<empty>\/?)>`,
    '(?<characters>[^<]+)',
  ].join('|'),
  'y',
)

/** Reads what OSS clients send; no document type, no entities of its own, no deep nesting. `undefined`: not well-formed. */
export function readXml(source: string): XmlElement | undefined {
  const top: XmlElement = { name: '', text: '', children: [] }
  const open = [top]
  const text = source.replace(/^\uFEFF/, '')
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.length) {
    const token = TOKEN.exec(text)
    const parent = open.at(-1)
    if (!token || !parent) return undefined
    const { cdata, closing, opening, empty, characters } = token.groups ?? {}
    if (cdata !== undefined) parent.text += cdata
    else if (characters !== undefined) {
      const decoded = decodeEntities(characters)
      if (decoded === undefined) return undefined
      parent.text += decoded
    } else if (closing !== undefined) {
      if (localName(closing) !== parent.name || open.length === 1) return undefined
      parent.text = parent.text.trim()
      open.pop()
    } else if (opening !== undefined) {
      const element: XmlElement = { name: localName(opening), text: '', children: [] }
      parent.children.push(element)
      if (!empty && open.push(element) > MAX_DEPTH) return undefined
    }
  }
  const [root, ...others] = top.children
  return open.length === 1 && others.length === 0 && top.text.trim() === '' ? root : undefined
}

export function childText(element: XmlElement, name: string): string | undefined {
  return element.children.find((child) => child.name === name)?.text
}

export function childTexts(element: XmlElement, name: string): string[] {
  return element.children.filter((child) => child.name === name).map((child) => child.text)
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

function decodeEntities(text: string): string | undefined {
  let isKnown = true
  const decoded = text.replace(/&([^;&]*);?/g, (whole, entity: string) => {
    const number = /^#(?:x([\da-f]{1,6})|(\d{1,7}))$/i.exec(entity)
    const code = number?.[1] ? Number.parseInt(number[1], 16) : Number(number?.[2])
    if (number && code <= 0x10ffff) return String.fromCodePoint(code)
    const character = whole.endsWith(';') ? ENTITIES[entity] : undefined
    if (character === undefined) isKnown = false
    return character ?? ''
  })
  return isKnown ? decoded : undefined
}
