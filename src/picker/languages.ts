import { en, type Messages } from './messages.js'

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
export function languageOf(element: Element): string {
  for (let at: Element | undefined = element; at; ) {
    const near: Element | null = at.closest('[lang]')
    const language = near?.getAttribute('lang')
    if (language) return language
    const root: Node = at.getRootNode()
    at = root instanceof ShadowRoot ? root.host : undefined
  }
  return 'en'
}
