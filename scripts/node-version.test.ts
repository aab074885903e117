import { describe, expect, test } from 'vitest'
import { whyNodeIsTooOld } from './node-version.mjs'

describe('the Node version', () => {
  test.each(['v18.20.4', 'v20.18.3', 'v16.0.0', 'v9.11.2'])(
    '%s is refused in one sentence',
    (version) => {
      expect(whyNodeIsTooOld(version, '>=20.19')).toBe(
        `This project needs Node 20.19 or newer; this is ${version}. Get it from https://nodejs.org/.`,
      )
    },
  )

  test.each(['v20.19.0', 'v20.20.2', 'v22.0.0', 'v100.1.0'])('%s is taken', (version) => {
    expect(whyNodeIsTooOld(version, '>=20.19')).toBeUndefined()
  })
})
