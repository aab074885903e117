import { expect, test } from 'vitest'
import { findLink, type LinkProfile } from './profiles.js'
import { createVirtualUpload, type VirtualUploadOptions } from './virtual-upload.js'

const MiB = 2 ** 20
const base = { seed: 1, size: 64 * MiB, partSize: 8 * MiB, parallel: 4 }

function run(options: VirtualUploadOptions) {
  const upload = createVirtualUpload(options)
  upload.advance(1_000_000)
  expect(upload.isDone).toBe(true)
  return { upload, mbit: (options.size * 8) / 1000 / upload.nowMs }
}

test('sends each part once and tells of it', () => {
  const size = 20 * MiB + 5
  const { upload } = run({ ...base, size, profile: findLink('lossy-50') })
  expect(upload.finished.map(({ partNumber }) => partNumber).sort()).toEqual([1, 2, 3])
  expect(upload.finished.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(size)
  expect(upload.loaded).toBe(size)
  expect(upload.inFlight).toBe(0)
})

test('tells progress that never falls and is never beyond what the parts under way hold', () => {
  const upload = createVirtualUpload({
    ...base,
    profile: findLink('poor'),
    size: 4 * MiB,
    partSize: MiB,
  })
  let before = 0
  while (!upload.isDone) {
    upload.advance(5)
    const finished = upload.finished.reduce((sum, { bytes }) => sum + bytes, 0)
    expect(upload.loaded).toBeGreaterThanOrEqual(Math.max(before, finished))
    expect(upload.loaded).toBeLessThanOrEqual(finished + upload.inFlight * MiB)
    before = upload.loaded
  }
})

test('follows a change of parallelism without stopping parts under way', () => {
  const upload = createVirtualUpload({ ...base, profile: findLink('clean-50'), partSize: MiB })
  upload.advance(2000)
  expect(upload.inFlight).toBe(4)
  upload.setParallel(6)
  expect(upload.inFlight).toBe(6)
  upload.setParallel(1)
  expect(upload.inFlight).toBe(6)
  upload.advance(2000)
  expect(upload.inFlight).toBe(1)
})

test('costs three round trips for a small part on a new connection, two on one that is there', () => {
  const profile: LinkProfile = { name: 'far', rttMs: 200, totalMbit: 100 }
  const { upload } = run({ ...base, profile, size: 4000, partSize: 2000, parallel: 1 })
  const [first = 0, second = 0] = upload.finished.map(
    (part) => part.finishedAtMs - part.startedAtMs,
  )
  expect(first).toBeGreaterThanOrEqual(600)
  expect(first).toBeLessThan(615)
  expect(second).toBeGreaterThanOrEqual(400)
  expect(second).toBeLessThan(410)
})

test('shows why one setting does not suit all lines', () => {
  const mbit = (profile: LinkProfile, partSize: number, parallel: number) =>
    run({ ...base, profile, partSize, parallel }).mbit
  const capped = findLink('capped-50')
  expect(mbit(capped, 8 * MiB, 1)).toBeLessThan(20)
  expect(mbit(capped, 8 * MiB, 4)).toBeGreaterThan(60)
  const far = findLink('clean-200')
  expect(mbit(far, 8 * MiB, 1) / mbit(far, MiB, 1)).toBeGreaterThan(2)
})
