import { expect, test } from './support/fixtures.js'
import { expectNoSecretStored } from './support/no-secret-stored.js'

/** Where a page could keep a token, and how it is got rid of again. */
const PLACES = {
  localStorage: (token: string) => {
    if (token) localStorage.setItem('k', token)
    else localStorage.clear()
  },
  sessionStorage: (token: string) => {
    if (token) sessionStorage.setItem(`named ${token}`, '')
    else sessionStorage.clear()
  },
  cache: async (token: string) => {
    if (!token) return void (await caches.delete('c'))
    const cache = await caches.open('c')
    await cache.put('/kept', new Response(JSON.stringify({ token })))
  },
  IndexedDB: (token: string) =>
    new Promise<void>((resolve, reject) => {
      const request = token ? indexedDB.open('d') : indexedDB.deleteDatabase('d')
      request.onerror = () => reject(request.error)
      if (token) request.onupgradeneeded = () => request.result.createObjectStore('s')
      request.onsuccess = () => {
        if (!token) return resolve()
        const writing = request.result.transaction('s', 'readwrite')
        const bytes = new TextEncoder().encode(`{"securityToken":"${token}"}`)
        writing.objectStore('s').put([{ deep: new Map([['inside', bytes]]) }], 'k')
        writing.oncomplete = () => {
          request.result.close()
          resolve()
        }
      }
    }),
} as const

for (const [place, keep] of Object.entries(PLACES)) {
  test(`a token kept in ${place} does not stay unnoticed`, async ({ harness }) => {
    const credentials = await harness.evaluate(async () => {
      const response = await fetch('/api/oss/credentials', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ reason: 'first' }),
      })
      return response.json()
    })
    for (const secret of [credentials.securityToken, credentials.accessKeySecret, 'STS.unknown']) {
      await harness.evaluate(keep, secret)
      await expect(expectNoSecretStored(harness)).rejects.toThrow(place)
      await harness.evaluate(keep, '')
      await expectNoSecretStored(harness)
    }
  })
}

test('looking for secrets leaves no store behind', async ({ harness }) => {
  await expectNoSecretStored(harness)
  expect(await harness.evaluate(() => indexedDB.databases())).toEqual([])
})
