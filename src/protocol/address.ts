import { canonicalQuery, type QueryParameter } from './canonical-request.js'
import { encodeKey } from './encoding.js'

/** How a bucket is named in a URL. OSS itself refuses `path`; it is for local and private servers. */
export type Addressing = 'virtual-hosted' | 'cname' | 'path'

/** Where a bucket is reached. */
export interface BucketAddress {
  readonly bucket: string
  readonly region: string
  readonly endpoint: string
  readonly addressing: Addressing
}

export interface BucketAddressOptions {
  readonly region: string
  readonly bucket: string
  readonly endpoint?: string | undefined
  readonly addressing?: Addressing | undefined
}

/**
 * Checks the options and fills in the defaults.
 *
 * @throws TypeError naming the option and the cure.
 * @see OSS "Regions and endpoints", "Bucket naming conventions".
 */
export function bucketAddress(options: BucketAddressOptions): BucketAddress {
  const { bucket, addressing = 'virtual-hosted' } = options
  const region = typeof options.region === 'string' ? options.region.replace(/^oss-/, '') : ''
  if (!/^[a-z\d][a-z\d-]*$/.test(region)) {
    throw new TypeError('region must be a region ID such as "cn-hangzhou".')
  }
  if (typeof bucket !== 'string' || !/^[a-z\d][a-z\d-]{1,61}[a-z\d]$/.test(bucket)) {
    throw new TypeError('bucket must have 3 to 63 characters out of a-z, 0-9 and "-".')
  }
  if (!['virtual-hosted', 'cname', 'path'].includes(addressing)) {
    throw new TypeError('addressing must be "virtual-hosted", "cname" or "path".')
  }
  if (addressing === 'cname' && options.endpoint === undefined) {
    throw new TypeError('addressing "cname" needs endpoint, the URL of your own domain.')
  }
  const endpoint = checkEndpoint(options.endpoint ?? `https://oss-${region}.aliyuncs.com`)
  const address = { bucket, region, endpoint, addressing }
  if (addressing === 'virtual-hosted' && new URL(endpoint).host.startsWith(`${bucket}.`)) {
    throw new TypeError(
      'endpoint has the bucket in front; leave it out, it is put there by itself.',
    )
  }
  if (!URL.canParse(requestUrl(address, undefined, []))) {
    throw new TypeError('endpoint is an IP address: that needs addressing "path" or "cname".')
  }
  return address
}

/** The URL of a request, its query in the order it is signed in. */
export function requestUrl(
  address: BucketAddress,
  key: string | undefined,
  query: readonly QueryParameter[],
): string {
  const { bucket, endpoint, addressing } = address
  const url = new URL(endpoint)
  const host = addressing === 'virtual-hosted' ? `${bucket}.${url.host}` : url.host
  const folder = addressing === 'path' ? `/${bucket}/` : '/'
  const search = canonicalQuery(query)
  return `${url.protocol}//${host}${folder}${encodeKey(key ?? '')}${search && `?${search}`}`
}

function checkEndpoint(endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
  // What is left besides scheme and host: user, path, query, fragment.
  if (!url || !/^https?:$/.test(url.protocol) || url.href !== `${url.origin}/`) {
    throw new TypeError(
      'endpoint must be a URL without bucket, path and user, such as "https://oss-cn-hangzhou.aliyuncs.com".',
    )
  }
  return url.origin
}
