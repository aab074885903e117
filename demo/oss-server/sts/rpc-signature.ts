import { createHmac } from 'node:crypto'
import { canonicalParameters, percentEncode } from './percent-encode.js'

/** Base64 signature of the older RPC style: every parameter but the signature itself, wherever it travelled. */
export function rpcSignature(
  method: string,
  parameters: ReadonlyMap<string, string>,
  secret: string,
): string {
  const signed = [...parameters].filter(([name]) => name !== 'Signature')
  const stringToSign = `${method}&${percentEncode('/')}&${percentEncode(canonicalParameters(signed))}`
  return createHmac('sha1', `${secret}&`).update(stringToSign).digest('base64')
}
