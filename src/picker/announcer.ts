import type { Format } from './format.js'
import type { Messages } from './messages.js'

/** Outcomes that come close together are told in one sentence. */
const TOGETHER_MS = 1_000

type Outcome = 'uploaded' | 'failed'

/** Says what has happened to who cannot see it: outcomes, and never how far it is. */
export function createAnnouncer(say: (text: string) => void, words: () => [Messages, Format]) {
  const outcomes: Record<Outcome, string[]> = { uploaded: [], failed: [] }
  let timer: ReturnType<typeof setTimeout> | undefined

  function tell(): void {
    timer = undefined
    const [messages, format] = words()
    const sentences = [
      inOne(outcomes.failed, (count) => messages.failedMany(format.count(count))),
      inOne(
        outcomes.uploaded.map((name) => messages.uploaded(name)),
        (count) => messages.uploadedMany(format.count(count)),
      ),
    ]
    outcomes.uploaded = []
    outcomes.failed = []
    // A reason ends with a full stop of its own.
    const spoken = sentences.filter(Boolean).map((text) => text.replace(/[.。]$/, ''))
    say(spoken.join('. '))
  }

  return {
    say,
    /** @param text - The name of what is uploaded, or the whole sentence of what failed. */
    outcome(kind: Outcome, text: string): void {
      outcomes[kind].push(text)
      if (timer === undefined) timer = setTimeout(tell, TOGETHER_MS)
    },
  }
}

function inOne(texts: readonly string[], many: (count: number) => string): string {
  return texts.length > 1 ? many(texts.length) : (texts[0] ?? '')
}
