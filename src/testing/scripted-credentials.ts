import type { CredentialsReason, CredentialsSource } from '../environment.js'
import { createManualClock } from './manual-clock.js'

/** A question that waits for the test's answer. */
export interface CredentialsQuestion {
  readonly reason: CredentialsReason
  readonly signal: AbortSignal
  /** Answers with credentials of that id, which live so long from now. */
  readonly grant: (accessKeyId: string, lifeMs?: number) => Promise<void>
  readonly fail: (error: unknown) => Promise<void>
}

/** An app server whose answers the test gives, one by one, and the clock it goes by. */
export function createScriptedCredentials() {
  const clock = createManualClock()
  const questions: CredentialsQuestion[] = []
  const credentials: CredentialsSource = ({ reason, signal }) =>
    new Promise((resolve, reject) => {
      questions.push({
        reason,
        signal,
        grant(accessKeyId, lifeMs = 3_600_000) {
          const expiration = clock.now() + lifeMs
          resolve({ accessKeyId, accessKeySecret: 'secret', securityToken: 'token', expiration })
          return clock.settle()
        },
        fail(error) {
          reject(error)
          return clock.settle()
        },
      })
    })
  return {
    clock,
    credentials,
    questions,
    reasons: () => questions.map(({ reason }) => reason),
    /** The latest. */
    question(): CredentialsQuestion {
      const latest = questions.at(-1)
      if (!latest) throw new Error('Nobody asked.')
      return latest
    },
  }
}
