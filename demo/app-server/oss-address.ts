import type { Settings } from './settings.js'

type AddressSettings = Pick<Settings, 'region' | 'bucket' | 'ossEndpoint' | 'addressing'>

/** The origin the browser talks to when it uploads: what the page's policy must let it connect to. */
export function ossOrigin({ region, bucket, ossEndpoint, addressing }: AddressSettings): string {
  const endpoint = new URL(ossEndpoint ?? `https://oss-${region}.aliyuncs.com`)
  if (addressing === 'cname' || addressing === 'path') return endpoint.origin
  return `${endpoint.protocol}//${bucket}.${endpoint.host}`
}

/** The URL of an object; each byte that is not plain is percent-encoded, slashes stay. */
export function objectUrl(settings: AddressSettings, key: string): string {
  const bucketPath = settings.addressing === 'path' ? `/${settings.bucket}` : ''
  return `${ossOrigin(settings)}${bucketPath}/${encodeKey(key)}`
}

export function encodeKey(key: string): string {
  return key.split('/').map(percentEncode).join('/')
}

/** RFC 3986: everything but `A-Z a-z 0-9 - . _ ~`. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
