import { describe, expect, it } from 'vitest'
import { OssCredentialsError, OssNetworkError, OssServiceError } from '../errors.js'
import { body, callOf, gate, refusal, setUpClient } from '../testing/scripted-client.js'

describe('a call', () => {
  it('is one signed request, without credentials in its URL', async () => {
    const { put, oss } = setUpClient()
    expect(await put('a b')).toMatchObject({ etag: expect.any(String), requestId: 'REQUEST' })
    const [{ request } = { request: undefined }] = oss.requests
    expect(request).toMatchObject({
      method: 'PUT',
      url: 'https://bucket.oss-cn-hangzhou.aliyuncs.com/a%20b',
      headers: {
        authorization: expect.stringMatching(/^OSS4-HMAC-SHA256 Credential=STS\.1\/20260102\//),
        'x-oss-security-token': 'the-token',
        'x-oss-date': '20260102T030405Z',
      },
      body,
      stallMs: 30_000,
    })
    expect(oss.requests).toHaveLength(1)
  })

  it('is never tried again here', async () => {
    const busy = setUpClient(() => refusal('SlowDown', 503))
    await expect(busy.put('a')).rejects.toBeInstanceOf(OssServiceError)
    expect(busy.names()).toEqual(['PUT'])

    const error = new OssNetworkError('no line', { code: 'network', retryable: true })
    const offline = setUpClient(() => Promise.reject(error))
    await expect(offline.put('a')).rejects.toBe(error)
    expect(offline.names()).toEqual(['PUT'])
  })

  it('tells its progress', async () => {
    const { put } = setUpClient()
    const sent: number[] = []
    await put('a', { ...callOf(), onProgress: (bytes) => sent.push(bytes) })
    expect(sent).toEqual([body.size])
  })

  it('is taken back on the wire when its signal says so', async () => {
    const { opened, open } = gate()
    const { put, clock, oss } = setUpClient(() => opened)
    const controller = new AbortController()
    const call = put('a', callOf(controller.signal))
    call.catch(() => {})
    await clock.settle()
    controller.abort(new Error('paused'))
    expect(oss.requests[0]?.request.signal.aborted).toBe(true)
    open()
    await expect(call).rejects.toThrow('paused')
  })
})

describe('a whole upload', () => {
  it('is the requests that OSS wants, with time for Complete to join the parts', async () => {
    const { client, oss, names } = setUpClient()
    const options = { acl: 'private', contentType: 'image/png', trafficLimit: 819_200 } as const
    const uploadId = await client.initiate('a', options, callOf())
    const part = { key: 'a', uploadId, partNumber: 1 }
    const { etag = '' } = await client.uploadPart(part, body, options, 'md5==', callOf())
    await client.complete('a', uploadId, [{ partNumber: 1, etag }], options, callOf())
    expect(names()).toEqual(['POST ?uploads', 'PUT ?partNumber=1', 'POST ?uploadId'])
    expect(oss.requests[1]?.request.headers).toMatchObject({ 'content-md5': 'md5==' })
    expect(oss.requests.map(({ request }) => request.stallMs)).toEqual([30_000, 30_000, 300_000])
    expect(Buffer.from(oss.objects.get('a')?.bytes ?? []).toString()).toBe('bytes')
  })

  it('can be aborted', async () => {
    const { client, oss, names } = setUpClient()
    const uploadId = await client.initiate('a', {}, callOf())
    await client.abort('a', uploadId, callOf())
    expect(names()).toEqual(['POST ?uploads', 'DELETE ?uploadId'])
    expect(oss.uploads.size).toBe(0)
  })
})

describe('Initiate', () => {
  it('is not taken back on the wire: nobody would know the upload ID', async () => {
    const { opened, open } = gate()
    const { client, clock, oss } = setUpClient(() => opened)
    const controller = new AbortController()
    const initiated = client.initiate('a', {}, callOf(controller.signal))
    await clock.settle()
    controller.abort()
    expect(oss.requests[0]?.request.signal.aborted).toBe(false)
    open()
    expect(await initiated).toBe('upload-1')
  })

  it('is taken back as long as it waits', async () => {
    const { opened, open } = gate()
    const { client, put, clock, names } = setUpClient(() => opened, { connections: 1 })
    void put('other')
    const controller = new AbortController()
    const initiated = client.initiate('a', {}, callOf(controller.signal))
    initiated.catch(() => {})
    await clock.settle()
    controller.abort(new Error('paused'))
    open()
    await expect(initiated).rejects.toThrow('paused')
    await clock.settle()
    expect(names()).toEqual(['PUT'])
  })
})

describe('credentials that OSS refuses', () => {
  it.each([
    'SecurityTokenExpired',
    'InvalidSecurityToken',
    'InvalidAccessKeyId',
    'AccessKeyIdAndSecurityTokenNotMatch',
  ])('with %s are renewed, and the request is made once more', async (code) => {
    let refusals = 1
    const { put, reasons, usedIds, oss } = setUpClient(() =>
      refusals-- > 0 ? refusal(code) : undefined,
    )
    await put('a')
    expect(usedIds()).toEqual(['STS.1', 'STS.2'])
    expect(reasons).toEqual(['first', 'rejected'])
    expect(Buffer.from(oss.objects.get('a')?.bytes ?? []).toString()).toBe('bytes')
  })

  it('twice are given up', async () => {
    const { put, usedIds } = setUpClient(() => refusal('SecurityTokenExpired'))
    await expect(put('a')).rejects.toMatchObject({ code: 'credentials', retryable: false })
    expect(usedIds()).toEqual(['STS.1', 'STS.2'])
  })

  it('for many requests at once are renewed once', async () => {
    const { put, reasons, usedIds } = setUpClient(({ request }) =>
      request.headers['authorization']?.includes('STS.1/')
        ? refusal('SecurityTokenExpired')
        : undefined,
    )
    await Promise.all(['a', 'b', 'c', 'd'].map((key) => put(key)))
    expect(usedIds().sort()).toEqual([...Array(4).fill('STS.1'), ...Array(4).fill('STS.2')])
    expect(reasons).toEqual(['first', 'rejected'])
  })

  it.each(['AccessDenied', 'SignatureDoesNotMatch', 'RequestTimeTooSkewed'])(
    'are not meant by %s',
    async (code) => {
      const { put, reasons, names } = setUpClient(() => refusal(code))
      await expect(put('a')).rejects.toMatchObject({ ossCode: code })
      expect(names()).toEqual(['PUT'])
      expect(reasons).toEqual(['first'])
    },
  )
})

describe('a prefix', () => {
  it('refuses a key outside it before any request, and names both', async () => {
    const { put, client, oss } = setUpClient(undefined, { prefixes: ['users/42/'] })
    const outside = put('users/421/a')
    await expect(outside).rejects.toBeInstanceOf(OssCredentialsError)
    await expect(outside).rejects.toMatchObject({ code: 'access-denied', retryable: false })
    await expect(outside).rejects.toThrow('"users/42/", not for "users/421/a"')
    await expect(client.initiate('other', {}, callOf())).rejects.toThrow('users/42/')
    expect(oss.requests).toEqual([])
  })

  it('lets the keys inside it pass', async () => {
    const { put, oss } = setUpClient(undefined, { prefixes: ['users/42/'] })
    await put('users/42/a')
    expect(oss.objects.has('users/42/a')).toBe(true)
  })

  it('is that of the credentials which sign: renewed ones may have another', async () => {
    const { put, names } = setUpClient(() => refusal('SecurityTokenExpired'), {
      prefixes: ['users/42/', 'users/7/'],
    })
    await expect(put('users/42/a')).rejects.toThrow('"users/7/", not for "users/42/a"')
    expect(names()).toEqual(['PUT'])
  })
})

describe('connections', () => {
  it('are shared by all calls, the lowest rank first', async () => {
    const { opened, open } = gate()
    const { put, oss, clock } = setUpClient(() => opened, { connections: 2 })
    const calls = [3, 2, 1, 0].map((rank) => put(`rank-${rank}`, callOf(undefined, rank)))
    await clock.settle()
    expect(oss.requests).toHaveLength(2)
    open()
    await Promise.all(calls)
    expect(oss.requests.map(({ key }) => key)).toEqual(['rank-3', 'rank-2', 'rank-0', 'rank-1'])
  })

  it('do not age a signature: it is made when the request is sent, not while it waits', async () => {
    const { opened, open } = gate()
    const { put, oss, clock } = setUpClient(() => opened, { connections: 1 })
    const calls = [put('a'), put('b')]
    await clock.advance(1_200_000)
    open()
    await Promise.all(calls)
    expect(oss.requests.map(({ request }) => request.headers['x-oss-date'])).toEqual([
      '20260102T030405Z',
      '20260102T032405Z',
    ])
  })

  it('are free again after a failure', async () => {
    const { put } = setUpClient(
      ({ key }) => (key === 'bad' ? refusal('AccessDenied') : undefined),
      {
        connections: 1,
      },
    )
    const bad = put('bad')
    const good = put('good')
    await expect(bad).rejects.toThrow('AccessDenied')
    expect(await good).toMatchObject({ requestId: 'REQUEST' })
  })
})
