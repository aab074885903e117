import type { Environment } from '../environment.js'
import { OssCredentialsError } from '../errors.js'
import { type BucketAddress, requestUrl } from '../protocol/address.js'
import type { ObjectOptions } from '../protocol/object-options.js'
import * as operations from '../protocol/operations.js'
import * as replies from '../protocol/replies.js'
import {
  type OssReply,
  type RequestContext,
  rejectsCredentials,
} from '../protocol/service-error.js'
import { cachedSigningKeys, signHeaders } from '../protocol/sign-v4.js'
import { type ConnectionSlots, createConnectionSlots } from './connection-slots.js'
import { type CredentialsProvider, createCredentialsProvider } from './credentials.js'
import type { GrantedCredentials } from './credentials-answer.js'

const STALL_MS = 30_000
/** OSS joins up to 10,000 parts before it answers. */
const COMPLETE_STALL_MS = 300_000

/** How one call is made. */
export interface Call {
  /** Lower goes first when connections are short. */
  readonly rank: number
  readonly signal: AbortSignal
  readonly onProgress?: (sentBytes: number) => void
}

/**
 * OSS as functions: each builds, signs, sends and reads one request, once. Retrying is the task's; only credentials that OSS
 * refused are renewed and the request replayed here, because that says nothing about the request.
 */
export type OssClient = ReturnType<typeof createOssClient>

export function createOssClient(
  environment: Environment,
  address: BucketAddress,
  connections: number,
) {
  const send = createSender(environment, address, {
    slots: createConnectionSlots(connections),
    credentials: createCredentialsProvider(environment),
  })

  return {
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

    /** Resolves to `undefined` when there is no such object. Needs `oss:GetObject`. */
    head: (key: string, call: Call) =>
      send(operations.headObject(key), replies.readHeadObject, call),

    abort: (key: string, uploadId: string, call: Call) =>
      send(operations.abortMultipartUpload(key, uploadId), replies.readAbort, call),
  }
}

interface WireCall extends Call {
  /** Takes the request back while it is on the wire. @defaultValue the call's own signal */
  readonly wireSignal?: AbortSignal
  readonly stallMs?: number
}

interface SenderParts {
  readonly slots: ConnectionSlots
  readonly credentials: CredentialsProvider
}

function createSender(
  { transport, clock }: Environment,
  address: BucketAddress,
  { slots, credentials }: SenderParts,
) {
  const { bucket, region } = address
  const keys = cachedSigningKeys(region)

  async function attempt(
    request: operations.OssRequest,
    granted: GrantedCredentials,
    call: WireCall,
  ): Promise<OssReply> {
    assertInsidePrefix(request.key, granted)
    const context = { credentials: granted, region, at: clock.now() }
    const headers = signHeaders({ ...request, bucket }, context, keys)
    return transport.send({
      method: request.method,
      url: requestUrl(address, request.key, request.query),
      headers,
      body: request.body,
      signal: call.wireSignal ?? call.signal,
      stallMs: call.stallMs ?? STALL_MS,
      onProgress: call.onProgress,
    })
  }

  return function send<T>(
    request: operations.OssRequest,
    read: (context: RequestContext, reply: OssReply) => T,
    call: WireCall,
  ): Promise<T> {
    const context: RequestContext = {
      operation: request.operation,
      bucket,
      key: request.key,
    }
    // Signed inside the slot: a signature that waited in line could be too old.
    return slots.use(call, async () => {
      const granted = await credentials.get(call.signal)
      try {
        return read(context, await attempt(request, granted, call))
      } catch (error) {
        if (!rejectsCredentials(error)) throw error
        const renewed = await credentials.renew(granted, call.signal)
        return read(context, await attempt(request, renewed, call))
      }
    })
  }
}

function assertInsidePrefix(key: string | undefined, { prefix }: GrantedCredentials): void {
  if (key === undefined || prefix === undefined || key.startsWith(prefix)) return
  throw new OssCredentialsError(
    `The credentials are for keys that begin with "${prefix}", not for "${key}".`,
    { code: 'access-denied', retryable: false },
  )
}
