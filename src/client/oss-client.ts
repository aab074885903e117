import type { BasicEnvironment } from '../environment.js'
import { OssCredentialsError, OssNetworkError } from '../errors.js'
import { type BucketAddress, requestUrl } from '../protocol/address.js'
import type { ObjectOptions } from '../protocol/object-options.js'
import { headObject, type OssRequest, putObject } from '../protocol/operations.js'
import { readHeadObject, readPutObject } from '../protocol/replies.js'
import {
  type OssReply,
  type RequestContext,
  rejectsClock,
  rejectsCredentials,
} from '../protocol/service-error.js'
import { cachedSigningKeys, signHeaders } from '../protocol/sign-v4.js'
import { createServerClock, type ServerClock } from './clock-skew.js'
import { type CredentialsProvider, createCredentialsProvider } from './credentials.js'
import type { GrantedCredentials } from './credentials-answer.js'
import type { Pace } from './pace.js'
import { createVanguard } from './vanguard.js'

const STALL_MS = 30_000

/** How one call is made. */
export interface Call {
  /** Lower goes first when connections are short. */
  readonly rank: number
  readonly signal: AbortSignal
  /** It has a connection. */
  readonly onTurn?: () => void
  readonly onProgress?: (sentBytes: number) => void
}

/**
 * OSS as functions: each builds, signs, sends and reads one request, once. Retrying is the task's; only where OSS
 * refused the credentials or the time is that mended and the request replayed here, once for each, because neither says anything
 * about the request.
 */
export type OssClient = ReturnType<typeof createOssClient>

export function createOssClient(environment: BasicEnvironment, address: BucketAddress, pace: Pace) {
  const serverClock = createServerClock(environment.clock)
  const { at, suppose } = serverClock
  const credentials = createCredentialsProvider(environment, at, suppose)
  const send = createSender(environment, address, { serverClock, pace, credentials })

  return {
    send,
    /** OSS's clock, as far as it is known. */
    now: serverClock.now,
    /** What OSS's clock showed when the device's showed that, as far as OSS has told. */
    serverTimeAt: serverClock.at,
    /** What was found of the bucket: what is to be said once, or need not be asked again. */
    found: new Set<string>(),

    /** Asks for credentials ahead of the first request; whether they come is that one's affair. */
    getReady: () => void credentials.get(new AbortController().signal).catch(() => {}),

    /** @throws OssUploadError, or the signal's reason; so do all the others. */
    putObject: (key: string, body: Blob, options: ObjectOptions, call: Call) =>
      send(putObject(key, body, options), readPutObject, call),

    /** Resolves to `undefined` when there is no such object. Needs `oss:GetObject`. */
    head: (key: string, call: Call) => send(headObject(key), readHeadObject, call),
  }
}

export interface WireCall extends Call {
  /** The key that a request on the bucket is made for: credentials for other keys do not serve it. */
  readonly onBehalfOf?: string
  /** Takes the request back while it is on the wire. @defaultValue the call's own signal */
  readonly wireSignal?: AbortSignal
  readonly stallMs?: number
}

interface SenderParts {
  readonly serverClock: ServerClock
  readonly pace: Pace
  readonly credentials: CredentialsProvider
}

function createSender(
  { transport, connection, clock }: BasicEnvironment,
  address: BucketAddress,
  { serverClock, pace, credentials }: SenderParts,
) {
  const { bucket, region } = address
  const isLocal = isOnThisDevice(address.endpoint)
  const keys = cachedSigningKeys(region)
  const vanguard = createVanguard(clock)
  let isIdReadable = false

  async function attempt<T>(
    request: OssRequest,
    granted: GrantedCredentials,
    call: WireCall,
    read: (reply: OssReply) => T,
  ): Promise<T> {
    assertInsidePrefix(request.key ?? call.onBehalfOf, granted)
    const context = { credentials: granted, region, at: serverClock.now() }
    const headers = signHeaders({ ...request, bucket }, context, keys)
    const progress = measured(pace, request.body, call.onProgress)
    const reply = transport.send({
      method: request.method,
      url: requestUrl(address, request.key, request.query),
      headers,
      body: request.body,
      signal: call.wireSignal ?? call.signal,
      stallMs: call.stallMs ?? STALL_MS,
      onProgress: progress.report,
    })
    // What is refused was sent in vain, too.
    return reply.then(read).catch((error) => {
      progress.takeBack()
      throw error
    })
  }

  /** What to replay with. @throws the refusal, where nothing can be mended or that did not help. */
  async function mend(
    refusal: unknown,
    granted: GrantedCredentials,
    mended: Set<Refused>,
    signal: AbortSignal,
  ): Promise<GrantedCredentials> {
    const refused = refusedBy(refusal)
    if (!refused) throw refusal
    if (mended.has(refused)) {
      if (refused === 'clock') serverClock.distrust()
      throw refusal
    }
    mended.add(refused)
    if (refused === 'credentials') return credentials.renew(granted, signal)
    if (!serverClock.learnFrom(refusal)) throw refusal
    // By the right clock they may have ended.
    return credentials.get(signal)
  }

  return function send<T>(
    request: OssRequest,
    read: (context: RequestContext, reply: OssReply) => T,
    call: WireCall,
  ): Promise<T> {
    const { operation, key } = request
    const hasCallback = 'x-oss-callback' in request.headers
    // Signed inside the slot: a signature that waited in line could be too old.
    return pace.slots.use({ ...call, isPart: operation === 'UploadPart' }, async () => {
      if (!isLocal && !connection.isOnline()) throw offline(address.endpoint)
      call.onTurn?.()
      const mended = new Set<Refused>()
      let granted = await credentials.get(call.signal)
      const pass = serverClock.isLikely() ? () => {} : await vanguard.enter(call.signal)
      let isAnswered = false
      try {
        // What the one ahead has learned may be that they have ended.
        granted = await credentials.get(call.signal)
        for (;;) {
          try {
            return await attempt(request, granted, call, (reply) => {
              isAnswered = true
              isIdReadable ||= reply.header('x-oss-request-id') !== undefined
              const at = serverClock.now()
              const answer = read({ operation, bucket, key, hasCallback, isIdReadable, at }, reply)
              serverClock.confirm()
              return answer
            })
          } catch (error) {
            pace.failed(error)
            granted = await mend(error, granted, mended, call.signal)
            pass(isAnswered)
            call.signal.throwIfAborted()
          }
        }
      } finally {
        pass(isAnswered)
      }
    })
  }
}

/** What a request moves is counted for the line; what it moved in vain is taken back. */
function measured(pace: Pace, body: OssRequest['body'], onProgress: Call['onProgress']) {
  // One of another frame is none of this one's.
  const requestBytes = typeof body === 'object' ? body.size : 0
  let counted = 0
  return {
    report(sentBytes: number): void {
      pace.moved(sentBytes - counted, requestBytes)
      counted = sentBytes
      onProgress?.(sentBytes)
    },
    takeBack(): void {
      if (counted > 0) pace.moved(-counted, 0)
    },
  }
}

type Refused = 'clock' | 'credentials'

function refusedBy(error: unknown): Refused | undefined {
  if (rejectsClock(error)) return 'clock'
  return rejectsCredentials(error) ? 'credentials' : undefined
}

function offline(endpoint: string): OssNetworkError {
  return new OssNetworkError(`No answer from ${endpoint}: this device is offline.`, {
    code: 'network',
    retryable: true,
  })
}

/** Such a server is there without any line. */
function isOnThisDevice(endpoint: string): boolean {
  return /^(.+\.)?localhost$|^127\.|^\[::1]$/.test(new URL(endpoint).hostname)
}

function assertInsidePrefix(key: string | undefined, { prefix }: GrantedCredentials): void {
  if (key === undefined || prefix === undefined || key.startsWith(prefix)) return
  throw new OssCredentialsError(
    `The credentials are for keys that begin with "${prefix}", not for "${key}".`,
    { code: 'access-denied', retryable: false },
  )
}
