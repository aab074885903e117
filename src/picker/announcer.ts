import type { Sentence } from './messages.js'

/** Outcomes that come close together are told in one sentence. */
const TOGETHER_MS = 1_000

type Outcome = 'uploaded' | 'failed'

/** Says what has happened to who cannot see it: outcomes, and never how far it is. */
export function createAnnouncer(
  speak: (text: string) => void,
  inWords: (sentence: Sentence) => string,
) {
  const outcomes: Record<Outcome, Sentence[]> = { uploaded: [], failed: [] }
  let timer: ReturnType<typeof setTimeout> | undefined

  function tell(): void {
    timer = undefined
    const sentences = [inOne('failed', outcomes.failed), inOne('uploaded', outcomes.uploaded)]
    outcomes.uploaded = []
    outcomes.failed = []
    // A reason ends with a full stop of its own.
    const spoken = sentences.map((sentence) => inWords(sentence).replace(/[.。]$/, ''))
    speak(spoken.filter(Boolean).join('. '))
  }

  return {
    say: (sentence: Sentence) => speak(inWords(sentence)),
    /** Said in the language of the moment it is said in. */
    outcome(kind: Outcome, sentence: Sentence): void {
      outcomes[kind].push(sentence)
      if (timer === undefined) timer = setTimeout(tell, TOGETHER_MS)
    },
  }
}

/** Several by their number. */
function inOne(kind: Outcome, [only = () => '', ...others]: readonly Sentence[]): Sentence {
  if (others.length === 0) return only
  return (messages, format) => messages[`${kind}Many`](format.count(others.length + 1))
}
