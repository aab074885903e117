import { describe, expect, it } from 'vitest'
import type { SavedUpload, UploadState } from '../index.js'
import { type Item, isInFlight, kindOf, statusOf } from './item.js'

const item = (more: Partial<Item>): Item => ({ id: 1, name: 'a.txt', size: 3, ...more })
const inState = (status: UploadState['status']): Partial<Item> => ({
  state: { status } as UploadState,
})
const saved = {} as SavedUpload

describe('what an item is doing', () => {
  it('is what its task does, once there is one', () => {
    expect(statusOf(item({}))).toBe('checking')
    expect(statusOf(item({ isHeld: true }))).toBe('paused')
    expect(statusOf(item({ saved }))).toBe('saved')
    expect(statusOf(item({ saved, ...inState('uploading') }))).toBe('uploading')
    expect(statusOf(item({ isRefused: true, ...inState('failed') }))).toBe('refused')
  })

  it.each([
    ['checked', {}, 'open', true],
    ['prepared', inState('preparing'), 'open', true],
    ['waiting', inState('waiting'), 'open', true],
    ['uploaded', inState('uploading'), 'open', true],
    ['completed', inState('completing'), 'open', true],
    ['paused', inState('paused'), 'open', false],
    ['stored', inState('succeeded'), 'stored', false],
    ['failed', inState('failed'), 'failed', false],
    ['cancelled', inState('cancelled'), 'other', false],
    ['left by an earlier visit', { saved }, 'other', false],
    ['refused', { isRefused: true }, 'other', false],
  ] as const)('counts, while it is %s', (_, more, kind, isOnItsWay) => {
    expect(kindOf(item(more))).toBe(kind)
    expect(isInFlight(item(more))).toBe(isOnItsWay)
  })
})
