import { describe, expect, it } from 'vitest'
import { canOutlivePage } from './can-outlive-page.js'

/** Refuses the URL, after reading the options it knows. */
function sharedWorkerThatReads(...names: string[]) {
  return class {
    constructor(url: string, options: object) {
      for (const name of names) Reflect.get(options, name)
      throw new SyntaxError(url)
    }
  }
}

const locks = {}
const noUrl = () => 'http://['

describe('a worker that goes on when the page is gone', () => {
  it('is there where the browser asks for how long it is to live', () => {
    const SharedWorker = sharedWorkerThatReads('type', 'name', 'extendedLifetime')
    expect(canOutlivePage({ SharedWorker, navigator: { locks } }, noUrl)).toBe(true)
  })

  it('is not there where workers end with their last page', () => {
    const SharedWorker = sharedWorkerThatReads('type', 'name')
    expect(canOutlivePage({ SharedWorker, navigator: { locks } }, noUrl)).toBe(false)
  })

  it('is not there where there is no SharedWorker at all', () => {
    expect(canOutlivePage({ navigator: { locks } }, noUrl)).toBe(false)
  })

  it('is not there where the page does not allow us a worker', () => {
    const SharedWorker = sharedWorkerThatReads('extendedLifetime')
    const refuse = () => {
      throw new TypeError('Policy disallowed')
    }
    expect(canOutlivePage({ SharedWorker, navigator: { locks } }, refuse)).toBe(false)
  })

  it('is of no use without locks, on plain http', () => {
    const SharedWorker = sharedWorkerThatReads('extendedLifetime')
    expect(canOutlivePage({ SharedWorker, navigator: {} }, noUrl)).toBe(false)
  })
})
