import { expect, it } from 'vitest'
import { readAliOssCheckpoint } from './ali-oss-checkpoint.js'

const MIB = 1024 * 1024
const good = {
  file: {},
  name: 'a.bin',
  fileSize: 10 * MIB,
  partSize: MIB,
  uploadId: '7A1B',
  doneParts: [
    { number: 2, etag: '"B"' },
    { number: 1, etag: 'A' },
  ],
}

it('takes the checkpoint as ali-oss writes it, without the file', () => {
  expect(readAliOssCheckpoint(good)).toEqual({
    name: 'a.bin',
    fileSize: 10 * MIB,
    partSize: MIB,
    uploadId: '7A1B',
    doneParts: [
      { number: 2, etag: '"B"' },
      { number: 1, etag: '"A"' },
    ],
  })
})

it('counts a part once, as OSS acknowledged it last', () => {
  const doneParts = [
    { number: 1, etag: '"A"' },
    { number: 1, etag: '"B"' },
  ]
  expect(readAliOssCheckpoint({ ...good, doneParts }).doneParts).toEqual([
    { number: 1, etag: '"B"' },
  ])
})

it('names the key as ali-oss sent it, without leading slashes', () => {
  expect(readAliOssCheckpoint({ ...good, name: '/dir/a.bin' }).name).toBe('dir/a.bin')
})

it('does not change when ali-oss goes on writing into its own', () => {
  const doneParts = [...good.doneParts]
  const read = readAliOssCheckpoint({ ...good, doneParts })
  doneParts.push({ number: 3, etag: '"C"' })
  expect(read.doneParts).toHaveLength(2)
})

it('takes one part larger than the whole file', () => {
  expect(readAliOssCheckpoint({ ...good, fileSize: 5, partSize: 99 }).partSize).toBe(99)
})

it.each([
  ['name', null],
  ['name', 'a checkpoint'],
  ['name', { ...good, name: '' }],
  ['uploadId', { ...good, uploadId: undefined }],
  ['fileSize', { ...good, fileSize: '10' }],
  ['fileSize', { ...good, fileSize: 0 }],
  ['partSize', { ...good, partSize: 0 }],
  ['partSize', { ...good, partSize: 100 }],
  ['partSize', { ...good, partSize: 1.5 * MIB + 0.5 }],
  ['partSize', { ...good, fileSize: 10_001 * MIB }],
  ['doneParts', { ...good, doneParts: undefined }],
  ['doneParts', { ...good, doneParts: [null] }],
  ['doneParts', { ...good, doneParts: [{ number: 0, etag: '"A"' }] }],
  ['doneParts', { ...good, doneParts: [{ number: 1 }] }],
  ['doneParts', { ...good, doneParts: [{ number: 1, etag: '""' }] }],
])('refuses another shape by the name of what is wrong: %s', (field, value) => {
  const reading = () => readAliOssCheckpoint(value)
  expect(reading).toThrow(TypeError)
  expect(reading).toThrow(`aliOssCheckpoint.${field} must be`)
})
