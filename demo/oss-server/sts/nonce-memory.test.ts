import { expect, it } from 'vitest'
import { createNonceMemory } from './nonce-memory.js'

it('forgets a nonce once no request that carries it could be fresh', () => {
  let now = 0
  const nonces = createNonceMemory(() => now)
  expect(nonces.isNew('a', 1000)).toBe(true)
  now = 1000
  expect(nonces.isNew('a', 2000)).toBe(false)
  now = 1001
  expect(nonces.isNew('a', 2000)).toBe(true)
})
