import type { CredentialsSource } from '../environment.js'
import type { Life } from './life.js'
import type { World } from './world.js'

/** The app server as a tab reaches it: it answers, fails, or hangs. */
export function createAppServer(world: World, life: Life): CredentialsSource {
  const { chance, clock, issuer, log, trouble, witness } = world
  const { failing, hanging } = trouble.credentials
  const isMet = (rate: number) => !world.isHealed && chance.network.happens(rate)

  return async ({ reason, onServerTime }) => {
    log(() => `${life.name}: credentials, ${reason}`)
    if (isMet(hanging)) {
      witness.met('credentials hang')
      return new Promise(() => {})
    }
    await life.wait(chance.network.between(1, trouble.latencyMs))
    if (isMet(failing)) {
      witness.met('credentials fail')
      throw new TypeError('Failed to fetch')
    }
    if (trouble.credentials.isDated) onServerTime?.(clock.now())
    return issuer.issue(clock.now())
  }
}
