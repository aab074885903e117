import { isIP } from 'node:net'
import { noSuchBucket, OssError } from './oss-error.js'

export interface AddressingRules {
  bucket: string
  /** Hosts bound to the bucket, without port. */
  cnames: readonly string[]
  allowPathStyle: boolean
}

/** What a request is about: the service (nothing set), the bucket, or one object. */
export interface Address {
  bucket?: string
  key?: string
}

/** Reads host and raw path the three ways OSS knows. Throws what OSS answers to an address it does not serve. */
export function addressOf(rules: AddressingRules, host: string, path: string): Address {
  const name = hostName(host)
  if (rules.cnames.some((cname) => hostName(cname) === name)) return inBucket(rules.bucket, path)
  if (name.endsWith('.localhost')) return inBucket(name.slice(0, -'.localhost'.length), path)
  if (name === 'localhost' || isIP(name) !== 0) return pathStyle(rules, path)
  throw noSuchBucket(name)
}

export function isBucketName(text: string): boolean {
  return /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(text)
}

/** Throws unless the bucket is the one this server has. */
export function checkBucket(rules: AddressingRules, bucket: string): void {
  if (!isBucketName(bucket)) {
    const details = { BucketName: bucket }
    throw new OssError(400, 'InvalidBucketName', 'The specified bucket is not valid.', { details })
  }
  if (bucket !== rules.bucket) {
    throw noSuchBucket(bucket)
  }
}

export function checkKey(key: string): void {
  const bytes = Buffer.byteLength(key)
  if (bytes < 1 || bytes > 1023 || /^[/\\]/.test(key)) {
    throw new OssError(400, 'InvalidObjectName', 'The specified object is not valid.', {
      ec: '0016-00000005',
      details: { ObjectName: key },
    })
  }
}

/** Lower case, without port and brackets: `[::1]:9100` and `B.LocalHost:80` become `::1` and `b.localhost`. */
function hostName(host: string): string {
  return host
    .toLowerCase()
    .replace(/:\d*$/, (port) => (isIP(host) === 6 ? port : ''))
    .replace(/^\[(.*)\]$/, '$1')
}

function inBucket(bucket: string, path: string): Address {
  const key = decodePath(path).slice(1)
  return key === '' ? { bucket } : { bucket, key }
}

function pathStyle(rules: AddressingRules, path: string): Address {
  if (!rules.allowPathStyle) {
    throw new OssError(
      403,
      'SecondLevelDomainForbidden',
      'The bucket you are attempting to access must be addressed using the third level domain (virtual hosted style).',
      { ec: '0003-00000601' },
    )
  }
  const [bucket = '', ...rest] = decodePath(path).slice(1).split('/')
  if (bucket === '') return {}
  const key = rest.join('/')
  return key === '' ? { bucket } : { bucket, key }
}

function decodePath(path: string): string {
  if (!path.startsWith('/')) {
    throw new OssError(400, 'InvalidURI', "Couldn't parse the specified URI.")
  }
  try {
    return decodeURIComponent(path)
  } catch {
    throw new OssError(400, 'InvalidObjectName', 'The specified object is not valid.', {
      ec: '0016-00000005',
    })
  }
}
