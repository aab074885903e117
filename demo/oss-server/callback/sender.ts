import { errorXml, OssError } from '../oss-error.js'
import type { OssRequest } from '../oss-request.js'
import type { Reply } from '../reply.js'
import type { ObjectRecord } from '../store/records.js'
import type { Callback } from './config.js'
import { deliver } from './delivery.js'
import type { CallbackSigner } from './signature.js'

export interface CallbackSender {
  /** PEM of the key that signs. */
  readonly publicKey: string
  /** The app server's answer in place of `reply`, or 203: the object is stored either way. */
  send(
    callback: Callback,
    object: ObjectRecord,
    request: OssRequest,
    operation: string,
    reply: Reply,
  ): Promise<Reply>
}

export function createCallbackSender(bucket: string, signer: CallbackSigner): CallbackSender {
  return {
    publicKey: signer.publicKey,
    async send(callback, object, request, operation, reply) {
      const body = expandBody(callback, systemVariables(bucket, object, request, operation))
      const headers = { ...reply.headers }
      try {
        const answer = await deliver(callback, body, signer)
        headers['Content-Type'] = 'application/json'
        return { status: 200, headers, body: answer }
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error)
        const failure = new OssError(203, 'CallbackFailed', message, { ec: '0007-00000203' })
        headers['Content-Type'] = 'application/xml'
        headers['x-oss-ec'] = '0007-00000203'
        const xml = errorXml(failure, request.id, request.host)
        return { status: 203, headers, body: xml, code: failure.code }
      }
    },
  }
}

function systemVariables(
  bucket: string,
  object: ObjectRecord,
  request: OssRequest,
  operation: string,
): Record<string, string | number> {
  return {
    bucket,
    object: object.key,
    etag: object.etag,
    size: object.size,
    mimeType: object.attributes.headers['content-type'] ?? '',
    crc64: object.crc64,
    contentMd5: object.contentMd5 ?? '',
    clientIp: request.sourceIp,
    reqId: request.id,
    operation,
  }
}

/** Form values are URL-encoded, JSON values are inserted as JSON; what nobody set is empty. */
function expandBody(callback: Callback, system: Record<string, string | number>): string {
  const isJson = callback.bodyType === 'application/json'
  return callback.body.replace(/\$\{([^}]*)\}/g, (_whole, name: string) => {
    const value = callback.variables[name.toLowerCase()] ?? system[name] ?? ''
    return isJson ? JSON.stringify(value) : encodeURIComponent(value)
  })
}
