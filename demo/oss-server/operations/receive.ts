import { createDigestStream, type Digests } from '../digest-stream.js'
import { OssError } from '../oss-error.js'
import type { Blob } from '../store/blobs.js'
import { throttle, trafficLimit } from '../throttle.js'
import type { Call, Services } from './call.js'

export const MAX_BODY_BYTES = 5 * 1024 ** 3

export interface Received extends Digests {
  blob: Blob
}

export interface IntakeLimits {
  bytesPerSecond: number | undefined
  maxBytes: number
  tooLarge: () => OssError
}

/** Streams bytes to the disk, hands them to `use`, and takes them back when that fails. */
export async function intake<T>(
  services: Services,
  source: AsyncIterable<Buffer>,
  limits: IntakeLimits,
  use: (received: Received) => Promise<T>,
): Promise<T> {
  const digest = createDigestStream()
  const bounded = capped(source, limits)
  const paced =
    limits.bytesPerSecond === undefined ? bounded : throttle(bounded, limits.bytesPerSecond)
  const blob = await services.store.blobs.write(digest.pass(paced))
  try {
    return await use({ blob, ...digest.result() })
  } catch (error) {
    await services.store.blobs.remove([blob])
    throw error
  }
}

/** The body of a PutObject or UploadPart: its length must be known, or it must be chunked; its MD5 is checked. */
export function receiveBody<T>(
  call: Call,
  tooLarge: () => OssError,
  use: (received: Received) => Promise<T>,
): Promise<T> {
  const { body, request } = call
  if (body.length === undefined && !body.isChunked) {
    throw new OssError(
      411,
      'MissingContentLength',
      'You must provide the Content-Length HTTP header.',
    )
  }
  if ((body.length ?? 0) > MAX_BODY_BYTES) throw tooLarge()
  const limits = { bytesPerSecond: trafficLimit(request), maxBytes: MAX_BODY_BYTES, tooLarge }
  return intake(call.services, body.open(), limits, (received) => {
    checkContentMd5(call, received.md5)
    return use(received)
  })
}

/** A small body in memory, e.g. the XML of a Complete. */
export async function readText(call: Call, maxBytes: number): Promise<string> {
  const tooLarge = (): OssError =>
    new OssError(400, 'MalformedXML', 'The XML you provided is too long.')
  const digest = createDigestStream()
  const limits = { bytesPerSecond: undefined, maxBytes, tooLarge }
  const chunks: Buffer[] = []
  for await (const chunk of digest.pass(capped(call.body.open(), limits))) chunks.push(chunk)
  checkContentMd5(call, digest.result().md5)
  return Buffer.concat(chunks).toString('utf8')
}

function checkContentMd5({ request }: Call, md5: Buffer): void {
  const claimed = request.headers['content-md5']
  if (!claimed || claimed === md5.toString('base64')) return
  throw new OssError(400, 'InvalidDigest', 'The Content-MD5 you specified is not valid.', {
    details: { ContentMD5: claimed },
  })
}

async function* capped(
  source: AsyncIterable<Buffer>,
  { maxBytes, tooLarge }: Pick<IntakeLimits, 'maxBytes' | 'tooLarge'>,
): AsyncGenerator<Buffer> {
  let bytes = 0
  for await (const chunk of source) {
    bytes += chunk.length
    if (bytes > maxBytes) throw tooLarge()
    yield chunk
  }
}
