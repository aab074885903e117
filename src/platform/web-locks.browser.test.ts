import { beforeEach, expect, it } from 'vitest'
import { webLocks } from './web-locks.js'

let name = ''
beforeEach(() => {
  name = `oss-direct-upload:https://oss.test/bucket/${crypto.randomUUID()}`
})

it('one at a time holds an upload, and the next one may when it was let go', async () => {
  const letGo = await webLocks.tryHold(name)
  expect(letGo).toBeTypeOf('function')
  expect(await webLocks.tryHold(name)).toBeUndefined()
  expect(await webLocks.tryHold(name)).toBeUndefined()
  letGo?.()
  await expect.poll(() => webLocks.tryHold(name)).toBeTypeOf('function')
  expect(await webLocks.tryHold(name)).toBeUndefined()
})

it('whoever holds one upload does not keep others from theirs', async () => {
  const holds = await Promise.all(['', '2', '/'].map((end) => webLocks.tryHold(name + end)))
  for (const letGo of holds) expect(letGo).toBeTypeOf('function')
})

it('two that ask at the same moment do not both hold it', async () => {
  const holds = await Promise.all([webLocks.tryHold(name), webLocks.tryHold(name)])
  expect(holds.filter((letGo) => letGo !== undefined)).toHaveLength(1)
})

it('letting go twice takes nothing away from the next one', async () => {
  const letGo = await webLocks.tryHold(name)
  letGo?.()
  await expect.poll(() => webLocks.tryHold(name)).toBeTypeOf('function')
  letGo?.()
  expect(await webLocks.tryHold(name)).toBeUndefined()
})

it('a page that holds it and goes away without a word leaves it free', async () => {
  const frame = document.createElement('iframe')
  document.body.append(frame)
  const { contentWindow } = frame
  await new Promise<void>((resolve, reject) => {
    contentWindow?.navigator.locks
      .request(name, () => {
        resolve()
        return new Promise(() => {})
      })
      // Its page is gone: nobody is left to be told.
      .catch(reject)
  })
  expect(await webLocks.tryHold(name)).toBeUndefined()
  frame.remove()
  await expect.poll(() => webLocks.tryHold(name)).toBeTypeOf('function')
})

it('a name that no lock can have is a rejection, not a hold', async () => {
  await expect(webLocks.tryHold('-reserved')).rejects.toThrow()
})
