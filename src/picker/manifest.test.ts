import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import manifest from '../../custom-elements.json' with { type: 'json' }
import { ATTRIBUTES } from './attributes.js'
import { FileHooks } from './file-hooks.js'
import { FormElement } from './form-element.js'
import { OssUploadPicker } from './oss-upload-picker.js'

const [elementModule, defineModule] = manifest.modules
const element = elementModule?.declarations?.[0]

const read = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8')
const css = read('./picker.css')
const templates = [read('./shell.ts'), read('./row.ts')].join('\n')

test('names every attribute', () => {
  expect(namesOf(element?.attributes)).toEqual([...ATTRIBUTES].sort())
})

test('names every public member', () => {
  const ofClass = [OssUploadPicker, FileHooks, FormElement]
    .flatMap(({ prototype }) => Object.getOwnPropertyNames(prototype))
    .filter((name) => name !== 'constructor' && !name.endsWith('Callback'))
  // What attributes reflect is defined only where there are elements.
  const ofAttributes = element?.attributes.map(({ fieldName }) => fieldName) ?? []
  const expected = new Set([...ofClass, ...ofAttributes, ...publicFields(), 'formAssociated'])
  expect(namesOf(element?.members)).toEqual([...expected].sort())
})

test('tells which attribute each property reflects, of the same type and default', () => {
  for (const { fieldName, name, type, default: absent } of element?.attributes ?? []) {
    const member = element?.members.find((member) => member.name === fieldName)
    expect(member).toMatchObject({ attribute: name, reflects: true, type, default: absent })
  }
})

test('names every event, with its type', () => {
  const declared = allOf(read('./events.ts'), /^ {2}'(oss-[\w-]+)': (CustomEvent<\w+>)$/gm)
  const told = element?.events.map(({ name, type }) => [name, type.text])
  expect(told).toEqual(declared)
  expect(told).not.toEqual([])
})

test('names every property that the styles read, with what it is without it', () => {
  const read = new Set(allOf(css, /var\((--oss-[\w-]+)/g).map(([name]) => name))
  expect(namesOf(element?.cssProperties)).toEqual([...read].sort())
  for (const { name, default: absent } of element?.cssProperties ?? []) {
    expect(css).toContain(`var(${name}, ${absent})`)
  }
})

test('names every part', () => {
  const ofRow = allOf(/const ICONS\b[^{]*\{([^}]*)\}/.exec(templates)?.[1] ?? '', /^ +(\w+):/gm)
  const ofAll = /type ActionOnAll = (.+)/.exec(read('./view-model.ts'))?.[1]?.match(/\w+/g) ?? []
  const actions = [...ofRow.flat(), ...ofAll]
  const used = allOf(templates, /\bpart: ['`]([^'`]+)['`]/g)
    .flatMap(([tokens = '']) => tokens.split(' '))
    // A button of a row, or of all files, is a part by the name of what it does.
    .flatMap((token) => (token === '${action}' ? actions : [token]))
  expect(used).toEqual(expect.arrayContaining(['remove', 'pauseAll']))
  expect(namesOf(element?.cssParts)).toEqual([...new Set(used)].sort())
})

test('the parts, slots and properties of the documentation are those of the manifest', () => {
  const [, style = ''] = read('../../docs/picker.md').split('## Style')
  const [words = ''] = style.split('```')
  const named = [...new Set(allOf(words, /`([\w-]+)`/g).flat())]
  const { cssParts, slots, cssProperties } = element ?? {}
  const all = [cssParts, slots, cssProperties].flatMap(namesOf)
  expect(named.filter((name) => name !== 'color-scheme').sort()).toEqual([...new Set(all)].sort())
})

test('names every slot', () => {
  const used = allOf(templates, /h\('slot', \{ name: '([\w-]+)'/g).flat()
  expect(namesOf(element?.slots)).toEqual(used.sort())
})

test('says where the element is defined', () => {
  const declaration = { name: OssUploadPicker.name, module: elementModule?.path }
  expect(element).toMatchObject({ name: declaration.name, tagName: 'oss-upload-picker' })
  expect(read('./define.ts')).toContain(`customElements.define('oss-upload-picker', `)
  expect(defineModule?.exports).toContainEqual({
    kind: 'custom-element-definition',
    name: 'oss-upload-picker',
    declaration,
  })
})

test('its modules are what the package exports', () => {
  const { exports } = JSON.parse(read('../../package.json'))
  const files = ['./picker', './picker/define'].map((door) => exports[door].default)
  expect(manifest.modules.map(({ path }) => `./${path}`)).toEqual(files)
})

/** Those that are plain fields of the class, and so not of its prototype. */
function publicFields(): string[] {
  const [body = ''] = /^export class [\s\S]*?^}/m.exec(read('./oss-upload-picker.ts')) ?? []
  return allOf(body, /^ {2}(?!static|readonly)(\w+)(?:: .+)?(?: = .+)?$/gm).flat()
}

function namesOf(all: readonly { readonly name: string }[] | undefined): string[] {
  return (all ?? []).map(({ name }) => name).sort()
}

/** What the groups of a pattern hold, match by match. */
function allOf(text: string, pattern: RegExp): string[][] {
  return [...text.matchAll(pattern)].map(([, ...groups]) => groups)
}
