/** What no record, message, state, error or URL may hold. */
export const SECRETS = /STS\.KEY-|SECRET-|TOKEN-/

/** Hands out credentials, and knows when each token ends. */
export function createIssuer(lifeMs: number) {
  const ends = new Map<string, number>()

  return {
    issue(nowMs: number) {
      const number = ends.size + 1
      const securityToken = `TOKEN-${number}`
      const end = nowMs + lifeMs
      ends.set(securityToken, end)
      const accessKeySecret = `SECRET-${number}`
      return {
        accessKeyId: `STS.KEY-${number}`,
        accessKeySecret,
        securityToken,
        expiration: end,
      }
    },
    tokenEnd: (token: string) => ends.get(token),
  }
}

export type Issuer = ReturnType<typeof createIssuer>
