import type { createWords } from './languages.js'
import type { Sentence } from './messages.js'
import type { Surroundings } from './view-model.js'

interface Parts {
  readonly words: ReturnType<typeof createWords>
  /** Its size says which rows are seen. */
  readonly scroller: HTMLElement
  readonly say: (sentence: Sentence) => void
  /** Where nothing waits for the line, there is nothing to say of it. */
  readonly needsLine: () => boolean
  /** What is shown may be another. */
  readonly changed: () => void
  readonly isDisabled: () => boolean
  /** The user is here again, after a while elsewhere. */
  readonly returned: () => void
}

/** What the page around the element has to say. */
export function createSurroundings(parts: Parts) {
  const { words, scroller, say, needsLine, changed, isDisabled, returned } = parts
  /** To ask the browser takes long, where it is asked for each of ten thousand files. */
  let isOnline = true

  function hearLine(): void {
    isOnline = navigator.onLine
    if (needsLine()) say(({ online, offline }) => (isOnline ? online : offline))
    changed()
  }

  return {
    now: (): Surroundings => ({
      messages: words.messages(),
      format: words.format(),
      isOnline,
      canCopy: 'clipboard' in navigator,
      isDisabled: isDisabled(),
    }),
    /** Hears of it until the signal. */
    listen(signal: AbortSignal): void {
      isOnline = navigator.onLine
      for (const type of ['online', 'offline']) addEventListener(type, hearLine, { signal })
      addEventListener('focus', returned, { signal })
      document.addEventListener('visibilitychange', () => document.hidden || returned(), { signal })
      const size = new ResizeObserver(changed)
      size.observe(scroller)
      signal.addEventListener('abort', () => size.disconnect())
      words.listen(signal)
    },
  }
}
