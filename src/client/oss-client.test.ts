import { describe, expect, it } from 'vitest'
import type { CredentialsReason } from '../environment.js'
import { OssCredentialsError, OssNetworkError, OssServiceError } from '../errors.js'
import { bucketAddress } from '../protocol/address.js'
import { createMemoryEnvironment } from '../testing/memory-environment.js'
import { type Interference, reply } from '../testing/memory-oss.js'
import { createMultipartClient } from './multipart-client.js'
import { type Call, createOssClient } from './oss-client.js'
import { fixedPace } from './pace.js'

const address = bucketAddress({ region: 'cn-hangzhou', bucket: 'bucket' })
const body = new Blob(['bytes'])

/** A client whose answers come from `script`, or from OSS in memory where that gives none. */
function setUp(
  script?: Interference,
  { connections = 5, prefixes = [] as string[], pace = fixedPace(connections) } = {},
) {
  const { environment, clock, oss } = createMemoryEnvironment(script)
  const reasons: CredentialsReason[] = []
  const client = createMultipartClient(
    createOssClient(
      {
        ...environment,
        credentials: async ({ reason, onServerTime }) => {
          onServerTime?.(clock.now())
          return {
            accessKeyId: `STS.${reasons.push(reason)}`,
            accessKeySecret: 'the-secret',
            securityToken: 'the-token',
            expiration: clock.now() + 3_600_000,
            prefix: prefixes[reasons.length - 1],
          }
        },
      },
      address,
      pace,
    ),
  )
  const put = (key: string, call: Call = callOf()) => client.putObject(key, body, {}, call)
  const names = () => oss.requests.map(({ name }) => name)
  const usedIds = () =>
    oss.requests.map(({ request }) => /STS\.\d+/.exec(request.headers['authorization'] ?? '')?.[0])
  return { client, clock, oss, put, names, usedIds, reasons }
}

function callOf(signal = new AbortController().signal, rank = 0) {
  return { rank, signal }
}

function refusal(code: string, status = 403) {
  return reply(status, `<Error><Code>${code}</Code></Error>`)
}

/** Answers when the test says so. */
function gate() {
  let open = () => {}
  const opened = new Promise<undefined>((resolve) => {
    open = () => resolve(undefined)
  })
  return { opened, open }
}

describe('a call', () => {
  it('is one signed request, without credentials in its URL', async () => {
    const { put, oss } = setUp()
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
    const busy = setUp(() => refusal('SlowDown', 503))
    await expect(busy.put('a')).rejects.toBeInstanceOf(OssServiceError)
    expect(busy.names()).toEqual(['PUT'])

    const error = new OssNetworkError('no line', { code: 'network', retryable: true })
    const offline = setUp(() => Promise.reject(error))
    await expect(offline.put('a')).rejects.toBe(error)
    expect(offline.names()).toEqual(['PUT'])
  })

  it('tells its progress', async () => {
    const { put } = setUp()
    const sent: number[] = []
    await put('a', { ...callOf(), onProgress: (bytes) => sent.push(bytes) })
    expect(sent).toEqual([body.size])
  })

  it('is taken back on the wire when its signal says so', async () => {
    const { opened, open } = gate()
    const { put, clock, oss } = setUp(() => opened)
    const controller = new AbortController()
    const call = put('a', callOf(controller.signal))
    call.catch(() => {})
    await clock.settle()
    controller.abort(new Error('paused'))
    expect(oss.requests[0]?.request.signal.aborted).toBe(true)
    open()
    await expect(call).rejects.toThrow('paused')
  })

  it('takes back what it moved in vain, without saying that the line was slow', async () => {
    const moved: number[][] = []
    const pace = { ...fixedPace(1), moved: (...counted: number[]) => void moved.push(counted) }
    const { opened, open } = gate()
    const lost = new OssNetworkError('reset', { code: 'network', retryable: true })
    const { put, clock } = setUp(
      async ({ request }) => {
        request.onProgress?.(3)
        await opened
        request.signal.throwIfAborted()
        throw lost
      },
      { pace },
    )
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
})

describe('what is counted for the line', () => {
  function setUpCounting(script?: Interference) {
    const moved: number[][] = []
    const pace = { ...fixedPace(1), moved: (...counted: number[]) => void moved.push(counted) }
    return { ...setUp(script, { pace }), moved }
  }

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

describe('a whole upload', () => {
  it('is the requests that OSS wants, with time for Complete to join the parts', async () => {
    const { client, oss, names } = setUp()
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
    const { client, oss, names } = setUp()
    const uploadId = await client.initiate('a', {}, callOf())
    await client.abort('a', uploadId, callOf())
    expect(names()).toEqual(['POST ?uploads', 'DELETE ?uploadId'])
    expect(oss.uploads.size).toBe(0)
  })
})

describe('Initiate', () => {
  it('is not taken back on the wire: nobody would know the upload ID', async () => {
    const { opened, open } = gate()
    const { client, clock, oss } = setUp(() => opened)
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
    const { client, put, clock, names } = setUp(() => opened, { connections: 1 })
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
    const { put, reasons, usedIds, oss } = setUp(() => (refusals-- > 0 ? refusal(code) : undefined))
    await put('a')
    expect(usedIds()).toEqual(['STS.1', 'STS.2'])
    expect(reasons).toEqual(['first', 'rejected'])
    expect(Buffer.from(oss.objects.get('a')?.bytes ?? []).toString()).toBe('bytes')
  })

  it('twice are given up', async () => {
    const { put, usedIds } = setUp(() => refusal('SecurityTokenExpired'))
    await expect(put('a')).rejects.toMatchObject({ code: 'credentials', retryable: false })
    expect(usedIds()).toEqual(['STS.1', 'STS.2'])
  })

  it('for many requests at once are renewed once', async () => {
    const { put, reasons, usedIds } = setUp(({ request }) =>
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
      const { put, reasons, names } = setUp(() => refusal(code))
      await expect(put('a')).rejects.toMatchObject({ ossCode: code })
      expect(names()).toEqual(['PUT'])
      expect(reasons).toEqual(['first'])
    },
  )
})

describe('a prefix', () => {
  it('refuses a key outside it before any request, and names both', async () => {
    const { put, client, oss } = setUp(undefined, { prefixes: ['users/42/'] })
    const outside = put('users/421/a')
    await expect(outside).rejects.toBeInstanceOf(OssCredentialsError)
    await expect(outside).rejects.toMatchObject({ code: 'access-denied', retryable: false })
    await expect(outside).rejects.toThrow('"users/42/", not for "users/421/a"')
    await expect(client.initiate('other', {}, callOf())).rejects.toThrow('users/42/')
    expect(oss.requests).toEqual([])
  })

  it('lets the keys inside it pass', async () => {
    const { put, oss } = setUp(undefined, { prefixes: ['users/42/'] })
    await put('users/42/a')
    expect(oss.objects.has('users/42/a')).toBe(true)
  })

  it('is that of the credentials which sign: renewed ones may have another', async () => {
    const { put, names } = setUp(() => refusal('SecurityTokenExpired'), {
      prefixes: ['users/42/', 'users/7/'],
    })
    await expect(put('users/42/a')).rejects.toThrow('"users/7/", not for "users/42/a"')
    expect(names()).toEqual(['PUT'])
  })
})

describe('connections', () => {
  it('are shared by all calls, the lowest rank first', async () => {
    const { opened, open } = gate()
    const { put, oss, clock } = setUp(() => opened, { connections: 2 })
    const calls = [3, 2, 1, 0].map((rank) => put(`rank-${rank}`, callOf(undefined, rank)))
    await clock.settle()
    expect(oss.requests).toHaveLength(2)
    open()
    await Promise.all(calls)
    expect(oss.requests.map(({ key }) => key)).toEqual(['rank-3', 'rank-2', 'rank-0', 'rank-1'])
  })

  it('do not age a signature: it is made when the request is sent, not while it waits', async () => {
    const { opened, open } = gate()
    const { put, oss, clock } = setUp(() => opened, { connections: 1 })
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
    const { put } = setUp(({ key }) => (key === 'bad' ? refusal('AccessDenied') : undefined), {
      connections: 1,
    })
    const bad = put('bad')
    const good = put('good')
    await expect(bad).rejects.toThrow('AccessDenied')
    expect(await good).toMatchObject({ requestId: 'REQUEST' })
  })
})
