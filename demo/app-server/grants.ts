import { createHash } from 'node:crypto'
import type { Grant } from './grant.js'
import type { AssumeRole } from './role-assumer.js'
import { readPolicy, uploadPolicy } from './session-policy.js'
import type { Settings } from './settings.js'

export interface Grants {
  /** What a user's keys begin with. */
  prefixOf(user: string): string
  /** For the page. `fresh`: never one that was given out before. */
  forUpload(user: string, options: { fresh: boolean }): Promise<Grant>
  /** For links this server signs; it never leaves the server whole. */
  forReading(user: string): Promise<Grant>
}

interface Remembered {
  grant: Promise<Grant>
  requestedAt: number
  /** Infinity until the answer is there: whoever asks meanwhile shares it. */
  expiresAt: number
}

export interface GrantsDeps {
  settings: Settings
  assumeRole: AssumeRole
}

/** One grant per user and purpose, reused while more than half of its life is left: STS allows 100 calls a second. */
export function createGrants({ settings, assumeRole }: GrantsDeps): Grants {
  const { now, prefixRoot } = settings
  const remembered = new Map<string, Remembered>()

  function request(name: string, policy: string, user: string): Promise<Grant> {
    for (const [old, { expiresAt }] of remembered) if (expiresAt <= now()) remembered.delete(old)
    const grant = assumeRole(policy, sessionNameOf(user))
    const entry = { grant, requestedAt: now(), expiresAt: Number.POSITIVE_INFINITY }
    remembered.set(name, entry)
    grant.then(
      ({ expiration }) => {
        entry.expiresAt = Date.parse(expiration)
      },
      () => {
        if (remembered.get(name) === entry) remembered.delete(name)
      },
    )
    return grant
  }

  function reusable(name: string): Promise<Grant> | undefined {
    const entry = remembered.get(name)
    if (!entry) return undefined
    const halfOfItsLife = (entry.requestedAt + entry.expiresAt) / 2
    return now() < halfOfItsLife ? entry.grant : undefined
  }

  const prefixOf = (user: string) => `${prefixRoot}${user}/`
  return {
    prefixOf,
    forUpload(user, { fresh }) {
      const name = `upload ${user}`
      const policy = () => uploadPolicy(settings, prefixOf(user))
      return (fresh ? undefined : reusable(name)) ?? request(name, policy(), user)
    },
    forReading(user) {
      const name = `read ${user}`
      return reusable(name) ?? request(name, readPolicy(settings, prefixOf(user)), user)
    },
  }
}

const MAX_SESSION_NAME = 32

/** Shows in the vendor's audit log, so it names the user; a long id is cut to what older rules allow, by its hash. */
function sessionNameOf(user: string): string {
  const name = `u-${user}`
  if (name.length <= MAX_SESSION_NAME) return name
  return `u-${createHash('sha256')
    .update(user)
    .digest('hex')
    .slice(0, MAX_SESSION_NAME - 2)}`
}
