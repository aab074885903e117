import { describe, expect, it } from 'vitest'
import { plainSettings, readBackgroundMessage, sealBackgroundMessage } from './messages.js'

describe('what a page tells the worker that outlives it', () => {
  it('is cloned as it is', () => {
    const message = { type: 'withdraw', enlistment: 3 } as const
    const arrived = structuredClone(sealBackgroundMessage(message))
    expect(readBackgroundMessage(arrived)).toMatchObject(message)
  })

  it.each([[{ version: 2, type: 'withdraw', enlistment: 3 }], [{ type: 'withdraw' }], [undefined]])(
    'is not understood by a worker of another release: %j',
    (data) => {
      expect(readBackgroundMessage(data)).toBeUndefined()
    },
  )

  it('has of the settings what can be cloned', () => {
    const settings = { bucket: 'b', keepCopyUpTo: Number.POSITIVE_INFINITY, discover: () => [] }
    expect(structuredClone(plainSettings(settings))).toEqual({
      bucket: 'b',
      keepCopyUpTo: Number.POSITIVE_INFINITY,
    })
  })
})
