/** One statement of a RAM policy, as the app server sends it to AssumeRole. */
export interface PolicyStatement {
  Effect: 'Allow' | 'Deny'
  Action: string | string[]
  Resource: string | string[]
  Condition?: Record<string, Record<string, string | string[]>>
}

export interface Policy {
  Version: '1'
  Statement: PolicyStatement[]
}

export interface AccessKey {
  accessKeyId: string
  accessKeySecret: string
  /** Present on STS keys only: such a key is worthless without it. */
  securityToken?: string
  /** Milliseconds since the epoch. */
  expiresAt?: number
  /** Every one of them must allow a request; an empty list means: may do everything. */
  policies: Policy[]
}

export interface KeyRing {
  find(accessKeyId: string): AccessKey | undefined
  add(key: AccessKey): void
}

/** Keeps expired keys too: OSS says "expired" of a key it once issued, and "unknown" of any other. */
export function createKeyRing(permanent: AccessKey): KeyRing {
  const keys = new Map([[permanent.accessKeyId, permanent]])
  return {
    find: (accessKeyId) => keys.get(accessKeyId),
    add: (key) => void keys.set(key.accessKeyId, key),
  }
}
