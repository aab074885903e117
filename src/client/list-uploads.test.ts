import { describe, expect, it } from 'vitest'
import { bucketAddress } from '../protocol/address.js'
import { createMemoryEnvironment } from '../testing/memory-environment.js'
import { type Interference, reply } from '../testing/memory-oss.js'
import { createMultipartClient } from './multipart-client.js'
import { createOssClient } from './oss-client.js'
import { fixedPace } from './pace.js'

function setUp(interfere?: Interference, prefix?: string) {
  const { environment, oss } = createMemoryEnvironment(interfere)
  const address = bucketAddress({ region: 'cn-hangzhou', bucket: 'bucket' })
  const credentials = async () => ({
    accessKeyId: 'STS.id',
    accessKeySecret: 'the-secret',
    securityToken: 'the-token',
    expiration: environment.clock.now() + 3_600_000,
    prefix,
  })
  const client = createMultipartClient(
    createOssClient({ ...environment, credentials }, address, fixedPace(5)),
  )
  return { client, oss, names: () => oss.requests.map(({ name }) => name) }
}

function callOf() {
  return { rank: 0, signal: new AbortController().signal }
}

describe('the unfinished uploads of a key', () => {
  it('are found over all pages, newest first, and no other key’s', async () => {
    const { client, oss, names } = setUp()
    for (const key of ['a', 'a b', 'a', 'a/b', 'a', 'A', 'a', 'ab', 'ac']) {
      await client.initiate(key, {}, callOf())
    }
    oss.requests.length = 0
    const uploads = await client.listUploads('a', callOf())
    expect(uploads.map(({ uploadId }) => uploadId)).toEqual([
      'upload-7',
      'upload-5',
      'upload-3',
      'upload-1',
    ])
    expect(uploads[3]?.initiatedAt).toBe(Date.UTC(2026, 0, 1, 0, 0, 1))
    // Two pages of the key and one of others; the rest of those that only begin like it is not asked for.
    expect(names()).toEqual(Array(3).fill('GET ?uploads'))
    expect(await client.listUploads('a b', callOf())).toHaveLength(1)
    expect(await client.listUploads('none', callOf())).toEqual([])
  })

  it('are asked for in a bounded number of pages, even of a server that never comes to an end', async () => {
    const upload = '<Upload><Key>a</Key><UploadId>1</UploadId><Initiated>never</Initiated></Upload>'
    const more =
      '<IsTruncated>true</IsTruncated><NextKeyMarker>a</NextKeyMarker><NextUploadIdMarker>1</NextUploadIdMarker>'
    const body = `<ListMultipartUploadsResult>${more}${upload}</ListMultipartUploadsResult>`
    const { client, oss } = setUp(() => reply(200, body))
    expect(await client.listUploads('a', callOf())).toContainEqual({
      uploadId: '1',
      initiatedAt: 0,
    })
    expect(oss.requests).toHaveLength(40)
  })

  it('are not asked for with credentials for other keys', async () => {
    const { client, oss } = setUp(undefined, 'users/42/')
    await expect(client.listUploads('users/7/a', callOf())).rejects.toThrow('"users/42/"')
    expect(oss.requests).toEqual([])
  })
})
