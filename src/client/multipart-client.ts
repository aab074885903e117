import * as operations from '../protocol/multipart-operations.js'
import * as replies from '../protocol/multipart-replies.js'
import type { ObjectOptions } from '../protocol/object-options.js'
import { parseTimestamp } from '../protocol/timestamp.js'
import type { Call, OssClient, WireCall } from './oss-client.js'

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

/** The client with the operations that an upload by parts takes besides. */
export type MultipartClient = ReturnType<typeof createMultipartClient>

export function createMultipartClient(client: OssClient) {
  const { send } = client
  return {
    ...client,

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
      call: WireCall,
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

    abort: (key: string, uploadId: string, call: Call) =>
      send(operations.abortMultipartUpload(key, uploadId), replies.readAbort, call),
  }
}

function newestFirst(uploads: readonly replies.ListedUpload[]): UnfinishedUpload[] {
  return uploads
    .map(({ uploadId, initiated }) => ({ uploadId, initiatedAt: parseTimestamp(initiated) ?? 0 }))
    .sort((a, b) => b.initiatedAt - a.initiatedAt)
}
