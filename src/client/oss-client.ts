import type { Environment } from '../environment.js'
import { OssCredentialsError, OssNetworkError } from '../errors.js'
import { type BucketAddress, requestUrl } from '../protocol/address.js'
import type { ObjectOptions } from '../protocol/object-options.js'
import * as operations from '../protocol/operations.js'
import * as replies from '../protocol/replies.js'
import {
  type OssReply,
  type RequestContext,
  rejectsClock,
  rejectsCredentials,
} from '../protocol/service-error.js'
import { cachedSigningKeys, signHeaders } from '../protocol/sign-v4.js'
import { parseTimestamp } from '../protocol/timestamp.js'
import { createServerClock, type ServerClock } from './clock-skew.js'
import { type CredentialsProvider, createCredentialsProvider } from './credentials.js'
import type { GrantedCredentials } from './credentials-answer.js'
import type { Pace } from './pace.js'

const STALL_MS = 30_000
/** OSS joins up to 10,000 parts before it answers. */
const COMPLETE_STALL_MS = 300_000

/** Pages of a listing: nobody goes on with the ten-thousandth upload of a key, and a server may not keep us for ever. */
const MAX_UPLOAD_PAGES = 40

/** A multipart upload that was begun and neither completed nor aborted. */
export interface UnfinishedUpload {
  readonly uploadId: string
  /** Milliseconds since the epoch. */
  readonly initiatedAt: number
}

/** How one call is made. */
export interface Call {
  /** Lower goes first when connections are short. */
  readonly rank: number
  readonly signal: AbortSignal
  readonly onProgress?: (sentBytes: number) => void
}

/**
 * OSS as functions: each builds, signs, sends and reads one request, once. Retrying is the task's; only where OSS
 * refused the credentials or the time is that mended and the request replayed here, once for each, because neither says anything
 * about the request.
 */
export type OssClient = ReturnType<typeof createOssClient>

export function createOssClient(environment: Environment, address: BucketAddress, pace: Pace) {
  const serverClock = createServerClock(environment.clock)
  const send = createSender(environment, address, {
    serverClock,
    pace,
    credentials: createCredentialsProvider(environment, serverClock.at),
  })

  return {
    /** OSS's clock, as far as it is known. */
    now: serverClock.now,
    /** What OSS's clock showed when the device's showed that, as far as OSS has told. */
    serverTimeAt: serverClock.at,

    /** @throws OssUploadError, or the signal's reason; so do all the others. */
    putObject: (key: string, body: Blob, options: ObjectOptions, call: Call) =>
      send(operations.putObject(key, body, options), replies.readPutObject, call),

    /**
     * Resolves to the upload ID. Once on the wire the request is not taken back, whatever the signal says: an upload ID whose
     * answer nobody reads would leave parts nobody can abort.
     */
    initiate: (key: string, options: ObjectOptions, call: Call) =>
      send(operations.initiateMultipartUpload(key, options), replies.readInitiate, {
        ...call,
        wireSignal: new AbortController().signal,
      }),

    uploadPart: (
      part: operations.PartAddress,
      body: Blob,
      options: ObjectOptions,
      contentMd5: string | undefined,
      call: Call,
    ) => send(operations.uploadPart(part, body, options, contentMd5), replies.readUploadPart, call),

    complete: (
      key: string,
      uploadId: string,
      parts: readonly operations.UploadedPart[],
      options: ObjectOptions,
      call: Call,
    ) =>
      send(
        operations.completeMultipartUpload(key, uploadId, parts, options),
        replies.readComplete,
        { ...call, stallMs: COMPLETE_STALL_MS },
      ),

    /** Every part OSS has, page by page. */
    listParts: async (key: string, uploadId: string, call: Call) => {
      const parts: replies.ListedPart[] = []
      for (let after: number | undefined = 0; after !== undefined; ) {
        const request = operations.listParts(key, uploadId, after)
        const page: replies.PartsPage = await send(request, replies.readListParts, call)
        parts.push(...page.parts)
        // A marker that does not move on would ask for the same page for ever.
        const next: number | undefined = page.nextPartNumberMarker
        after = next !== undefined && next > after ? next : undefined
      }
      return parts
    },

    /** One part as OSS has it; `undefined` when it has none of that number. */
    findPart: async ({ key, uploadId, partNumber }: operations.PartAddress, call: Call) => {
      const request = operations.listParts(key, uploadId, partNumber - 1, 1)
      const { parts } = await send(request, replies.readListParts, call)
      return parts.find((part) => part.partNumber === partNumber)
    },

    /** The unfinished uploads of exactly this key, newest first. Needs `oss:ListMultipartUploads` on the bucket. */
    listUploads: async (key: string, call: Call) => {
      const found: replies.ListedUpload[] = []
      let after: operations.UploadsPage['after']
      for (let page = 0; page < MAX_UPLOAD_PAGES; page++) {
        const request = operations.listMultipartUploads({ prefix: key, ...(after && { after }) })
        const listing: replies.UploadsListing = await send(
          request,
          replies.readListMultipartUploads,
          { ...call, onBehalfOf: key },
        )
        found.push(...listing.uploads.filter((upload) => upload.key === key))
        // In the order of keys, the key itself comes before all that begin with it.
        if (listing.next?.key !== key) break
        after = listing.next
      }
      return newestFirst(found)
    },

    /** Resolves to `undefined` when there is no such object. Needs `oss:GetObject`. */
    head: (key: string, call: Call) =>
      send(operations.headObject(key), replies.readHeadObject, call),

    abort: (key: string, uploadId: string, call: Call) =>
      send(operations.abortMultipartUpload(key, uploadId), replies.readAbort, call),
  }
}

function newestFirst(uploads: readonly replies.ListedUpload[]): UnfinishedUpload[] {
  return uploads
    .map(({ uploadId, initiated }) => ({ uploadId, initiatedAt: parseTimestamp(initiated) ?? 0 }))
    .sort((a, b) => b.initiatedAt - a.initiatedAt)
}

interface WireCall extends Call {
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
  { transport, connection }: Environment,
  address: BucketAddress,
  { serverClock, pace, credentials }: SenderParts,
) {
  const { bucket, region } = address
  const isLocal = isOnThisDevice(address.endpoint)
  const keys = cachedSigningKeys(region)
  let isIdReadable = false

  async function attempt(
    request: operations.OssRequest,
    granted: GrantedCredentials,
    call: WireCall,
  ): Promise<OssReply> {
    assertInsidePrefix(request.key ?? call.onBehalfOf, granted)
    const context = { credentials: granted, region, at: serverClock.now() }
    const headers = signHeaders({ ...request, bucket }, context, keys)
    const progress = measured(pace, call.onProgress)
    const reply = transport.send({
      method: request.method,
      url: requestUrl(address, request.key, request.query),
      headers,
      body: request.body,
      signal: call.wireSignal ?? call.signal,
      stallMs: call.stallMs ?? STALL_MS,
      onProgress: progress.report,
    })
    return reply.catch((error) => {
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
    request: operations.OssRequest,
    read: (context: RequestContext, reply: OssReply) => T,
    call: WireCall,
  ): Promise<T> {
    const { operation, key } = request
    const hasCallback = 'x-oss-callback' in request.headers
    // Signed inside the slot: a signature that waited in line could be too old.
    return pace.slots.use(call, async () => {
      if (!isLocal && !connection.isOnline()) throw offline(address.endpoint)
      const mended = new Set<Refused>()
      let granted = await credentials.get(call.signal)
      for (;;) {
        try {
          const reply = await attempt(request, granted, call)
          isIdReadable ||= reply.header('x-oss-request-id') !== undefined
          const at = serverClock.now()
          return read({ operation, bucket, key, hasCallback, isIdReadable, at }, reply)
        } catch (error) {
          pace.failed(error)
          granted = await mend(error, granted, mended, call.signal)
          call.signal.throwIfAborted()
        }
      }
    })
  }
}

/** What a request moves is counted for the line; what it moved in vain is taken back. */
function measured(pace: Pace, onProgress: Call['onProgress']) {
  let counted = 0
  return {
    report(sentBytes: number): void {
      pace.moved(sentBytes - counted)
      counted = sentBytes
      onProgress?.(sentBytes)
    },
    takeBack: () => pace.moved(-counted),
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
