import { describe, expect, it } from 'vitest'
import { OssNetworkError } from '../errors.js'
import { type Interference, reply } from '../testing/memory-oss.js'
import { body, callOf, gate, refusal, setUpClient } from '../testing/scripted-client.js'
import { fixedPace } from './pace.js'

describe('what is counted for the line', () => {
  function setUpCounting(script?: Interference) {
    const moved: number[][] = []
    const pace = { ...fixedPace(1), moved: (...counted: number[]) => void moved.push(counted) }
    return { ...setUpClient(script, { pace }), moved }
  }

  it('is not what was sent in vain, which does not say that the line was slow', async () => {
    const { opened, open } = gate()
    const lost = new OssNetworkError('reset', { code: 'network', retryable: true })
    const { put, clock, moved } = setUpCounting(async ({ request }) => {
      request.onProgress?.(3)
      await opened
      request.signal.throwIfAborted()
      throw lost
    })
    const controller = new AbortController()
    const stopped = put('a', callOf(controller.signal))
    await clock.settle()
    controller.abort(new Error('paused'))
    open()
    await expect(stopped).rejects.toThrow('paused')
    await expect(put('b')).rejects.toThrow('reset')
    expect(moved).toEqual([
      [3, body.size],
      [-3, 0],
      [3, body.size],
      [-3, 0],
    ])
  })

  it('is not what was sent to be refused', async () => {
    const { put, moved } = setUpCounting(({ request }) => {
      request.onProgress?.(5)
      return refusal('InternalError', 500)
    })
    await expect(put('a')).rejects.toThrow('InternalError')
    expect(moved).toEqual([
      [5, body.size],
      [-5, 0],
    ])
  })

  it('is no request without a body', async () => {
    const { client, moved } = setUpCounting(() => reply(404, ''))
    await expect(client.head('a', callOf())).rejects.toThrow('404')
    expect(moved).toEqual([])
  })

  it('is a file of another frame, too', async () => {
    const { client, moved } = setUpCounting()
    // As `instanceof` sees it.
    const foreign = new Proxy(body, {
      getPrototypeOf: () => null,
      get(of, name) {
        const value = Reflect.get(of, name, of)
        return typeof value === 'function' ? value.bind(of) : value
      },
    })
    await client.putObject('a', foreign, { contentType: 'text/plain' }, callOf())
    expect(moved[0]?.[1]).toBe(body.size)
  })
})
