import { createFormat, type Format } from './format.js'
import { en, type Messages, type OwnMessages, type Sentence } from './messages.js'

/**
 * Words and numbers in the language of an element.
 *
 * @param changed - What is shown is to be said anew.
 */
export function createWords(element: Element, changed: () => void) {
  let own: OwnMessages = {}
  let messages: Messages = en
  let format: Format = createFormat('en')
  let language = 'en'

  async function speak(): Promise<void> {
    const asked = languageOf(element)
    language = asked
    const loaded = await loadMessages(asked)
    // Another one was asked for meanwhile.
    if (language !== asked) return
    messages = withOwn(loaded, own)
    format = createFormat(asked)
    changed()
  }

  return {
    messages: () => messages,
    format: () => format,
    say: (sentence: Sentence) => sentence(messages, format),
    /** Heeds the language that is asked for now, and every other, until the signal. */
    listen(signal: AbortSignal): void {
      const observer = new MutationObserver(() => {
        if (languageOf(element) !== language) void speak()
      })
      for (let at: Element | undefined = element; at; at = hostOf(at)) {
        observer.observe(at.getRootNode(), { attributeFilter: ['lang'], subtree: true })
      }
      signal.addEventListener('abort', () => observer.disconnect())
      void speak()
    },
    own: () => own,
    /** The application's, in place of those of the language. */
    replace(some: OwnMessages): void {
      own = { ...some }
      void speak()
    },
  }
}

/** One reason of one's own leaves the others as they are; a translation that is missing is no word. */
function withOwn<T extends object>(words: T, own: object): T {
  const merged = { ...words } as Record<string, unknown>
  for (const [name, word] of Object.entries(own)) {
    const known = merged[name]
    if (word === undefined || word === null) continue
    merged[name] = typeof known === 'object' && known ? withOwn(known, word) : word
  }
  return merged as T
}

/** The messages of a language; English where there is none, or it cannot be loaded. */
export async function loadMessages(language: string): Promise<Messages> {
  if (!isChinese(language)) return en
  try {
    return (await import('./messages-zh.js')).zh
  } catch {
    return en
  }
}

/** Traditional characters are not simplified ones, but nearer than English. */
function isChinese(language: string): boolean {
  return /^zh\b/i.test(language)
}

/** Of the element, or of the nearest around it, out of shadow roots too. */
function languageOf(element: Element): string {
  for (let at: Element | undefined = element; at; at = hostOf(at)) {
    const language = at.closest('[lang]')?.getAttribute('lang')
    if (language) return language
  }
  return 'en'
}

/** Of the shadow root it is in. */
function hostOf(element: Element): Element | undefined {
  const root = element.getRootNode()
  return root instanceof ShadowRoot ? root.host : undefined
}
