import { createHash, createHmac } from 'node:crypto'
import type { Grant } from './grant.js'
import { encodeKey, objectUrl, percentEncode } from './oss-address.js'
import type { Settings } from './settings.js'

export interface PresignRequest {
  key: string
  /** Further parameters to sign, such as `response-content-type`. */
  query?: Readonly<Record<string, string>>
  credentials: Pick<Grant, 'accessKeyId' | 'accessKeySecret'> & { securityToken?: string }
  expiresInSeconds: number
  /** Milliseconds since the epoch. */
  now: number
}

type PresignSettings = Pick<Settings, 'region' | 'bucket' | 'ossEndpoint' | 'addressing'>

/** A URL that lets whoever holds it GET one object for a while (OSS signature V4 in the query). */
export function presignGet(settings: PresignSettings, request: PresignRequest): string {
  const { key, query, credentials, expiresInSeconds, now } = request
  const dateTime = new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, '')
  const date = dateTime.slice(0, 8)
  const scope = `${date}/${settings.region}/oss/aliyun_v4_request`
  const { securityToken } = credentials
  const parameters = {
    ...query,
    'x-oss-signature-version': 'OSS4-HMAC-SHA256',
    'x-oss-credential': `${credentials.accessKeyId}/${scope}`,
    'x-oss-date': dateTime,
    'x-oss-expires': String(expiresInSeconds),
    ...(securityToken ? { 'x-oss-security-token': securityToken } : {}),
  }
  const canonicalQuery = Object.entries(parameters)
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .sort()
    .join('&')
  // The bucket is part of the path whatever the URL looks like; a plain GET has no header to sign.
  const canonicalUri = `/${settings.bucket}/${encodeKey(key)}`
  const canonicalRequest = `GET\n${canonicalUri}\n${canonicalQuery}\n\n\nUNSIGNED-PAYLOAD`
  const hash = createHash('sha256').update(canonicalRequest).digest('hex')
  const stringToSign = `OSS4-HMAC-SHA256\n${dateTime}\n${scope}\n${hash}`
  const signingKey = [date, settings.region, 'oss', 'aliyun_v4_request'].reduce<string | Buffer>(
    hmac,
    `aliyun_v4${credentials.accessKeySecret}`,
  )
  const signature = hmac(signingKey, stringToSign).toString('hex')
  return `${objectUrl(settings, key)}?${canonicalQuery}&x-oss-signature=${signature}`
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
