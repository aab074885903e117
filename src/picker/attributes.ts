/** What the markup may say; each is a property of the same meaning too. */
export interface PickerAttributes {
  /** Types of files that are taken, as of `<input accept>`. @defaultValue every type */
  accept: string
  /** Whether there may be more than one file. */
  multiple: boolean
  /** How many files there may be; `Infinity` without it. One without `multiple`. */
  maxFiles: number
  /** Bytes of the largest file that is taken; `Infinity` without it. */
  maxSize: number
  /** Bytes of the smallest file that is taken; 0 without it. */
  minSize: number
  /** What keys begin with; it should be what the credentials are for. The name of the file comes after it. */
  keyPrefix: string
  /** Name of the form field: the form sends the keys of the uploaded files. */
  name: string
  /** Whether the form needs a file. */
  required: boolean
  /** Whether nothing can be chosen or removed. What is under way can be paused and resumed all the same. */
  disabled: boolean
  /** Whether there is a button to choose a folder. Dropped folders are taken in any case. */
  directories: boolean
  /** Which camera the button for it opens, where there is one: `environment` or `user`; empty: there is no such button. */
  capture: string
  /** Whether files may be dropped and pasted anywhere on the page. */
  pageWide: boolean
}

const BOOLEANS = ['multiple', 'required', 'disabled', 'directories', 'page-wide']
const STRINGS = ['accept', 'key-prefix', 'name', 'capture']
const NUMBERS: readonly (readonly [name: string, absent: number])[] = [
  ['max-files', Number.POSITIVE_INFINITY],
  ['max-size', Number.POSITIVE_INFINITY],
  ['min-size', 0],
]

export const ATTRIBUTES = [...BOOLEANS, ...STRINGS, ...NUMBERS.map(([name]) => name)]

/** Gives a class the properties that its attributes reflect. */
export function reflectAttributes(prototype: HTMLElement): void {
  for (const name of BOOLEANS) {
    define(prototype, name, {
      get: (element) => element.hasAttribute(name),
      set: (element, value) => element.toggleAttribute(name, Boolean(value)),
    })
  }
  for (const name of STRINGS) {
    define(prototype, name, {
      get: (element) => element.getAttribute(name) ?? '',
      set: (element, value) => setOrRemove(element, name, value ?? undefined),
    })
  }
  for (const [name, absent] of NUMBERS) {
    define(prototype, name, {
      get: (element) => numberOf(element.getAttribute(name), absent),
      set(element, value) {
        // A text is read as a number, as by every number of HTML.
        const number = Number(value ?? absent)
        if (!(number >= 0)) {
          throw new TypeError(`${camelCase(name)} must be a number of 0 or more, not ${value}.`)
        }
        setOrRemove(element, name, number === absent ? undefined : number)
      },
    })
  }
}

/** Frameworks say `undefined` or `null` for what is no longer set. */
function setOrRemove(element: HTMLElement, name: string, value: unknown): void {
  if (value === undefined) element.removeAttribute(name)
  else element.setAttribute(name, String(value))
}

interface Reflection {
  readonly get: (element: HTMLElement) => unknown
  readonly set: (element: HTMLElement, value: unknown) => void
}

function define(prototype: HTMLElement, attribute: string, { get, set }: Reflection): void {
  Object.defineProperty(prototype, camelCase(attribute), {
    configurable: true,
    enumerable: true,
    get(this: HTMLElement) {
      return get(this)
    },
    set(this: HTMLElement, value: unknown) {
      set(this, value)
    },
  })
}

/** Markup that is no number counts as not there, as everywhere in HTML. */
function numberOf(text: string | null, absent: number): number {
  const number = text === null || text.trim() === '' ? Number.NaN : Number(text)
  return number >= 0 ? number : absent
}

/** Properties set before the element was known would hide those of its class for ever. */
export function adoptEarlyProperties(element: HTMLElement, others: readonly string[]): void {
  for (const name of [...ATTRIBUTES.map(camelCase), ...others]) {
    if (!Object.hasOwn(element, name)) continue
    const value = Reflect.get(element, name)
    Reflect.deleteProperty(element, name)
    try {
      Reflect.set(element, name, value)
    } catch (error) {
      // The application's fault to see; what else it has set is heeded.
      reportError(error)
    }
  }
}

function camelCase(name: string): string {
  return name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}
