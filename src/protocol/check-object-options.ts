import { checkCallback } from './check-callback.js'
import type { ObjectOptions } from './object-options.js'

const MAX_METADATA_BYTES = 8 * 1024
const MAX_TAGS = 10
const MIN_TRAFFIC_LIMIT = 819_200
const MAX_TRAFFIC_LIMIT = 838_860_800

/** What a header can carry: Latin-1, and not only white space, because an empty value breaks OSS's signature check. */
const TEXT = /^(?=.*\S)[\t\x20-\x7e\x80-\xff]+$/
const TEXT_RULE = 'Latin-1 text, not empty (encode other characters first)'

/** Set by the library, by the browser, or by an option of their own. */
const RESERVED_HEADER =
  /^(authorization|host|date|origin|referer|cookie2?|content-(length|type|md5|disposition)|cache-control|(x-oss|sec|proxy)-.*)$/i

/**
 * Refuses what OSS would refuse later, or what a browser could not send.
 *
 * @throws TypeError or RangeError naming the option and the rule.
 * @see OSS "PutObject", "InitiateMultipartUpload", "Object tagging", "Single-connection bandwidth throttling".
 */
export function checkObjectOptions(options: ObjectOptions): void {
  const {
    encryption,
    metadata = {},
    tags = {},
    headers = {},
    forbidOverwrite,
    trafficLimit,
  } = options
  for (const [name, value] of Object.entries({ metadata, tags, headers })) {
    // A Map or Headers has entries of its own kind, which would be lost without a word.
    if (Object.prototype.toString.call(value) === '[object Object]') continue
    throw new TypeError(`${name} must be a plain object of texts.`)
  }
  if (forbidOverwrite !== undefined && typeof forbidOverwrite !== 'boolean') {
    throw new TypeError('forbidOverwrite must be true or false.')
  }
  for (const name of ['contentType', 'cacheControl', 'contentDisposition'] as const) {
    check(name, options[name], TEXT, TEXT_RULE)
  }
  checkOneOf(
    'storageClass',
    options.storageClass,
    'Standard|IA|Archive|ColdArchive|DeepColdArchive',
  )
  checkOneOf('acl', options.acl, 'default|private|public-read|public-read-write')
  if (encryption !== undefined) {
    checkOneOf('encryption.algorithm', encryption?.algorithm ?? '', 'AES256|KMS|SM4')
    const isKms = encryption.algorithm === 'KMS'
    check('encryption.keyId', encryption.keyId, isKms ? TEXT : /^$/, 'a key id, with "KMS" only')
  }
  checkMetadata(metadata)
  checkTags(tags)
  for (const [name, value] of Object.entries(headers)) {
    check(`headers: "${name}"`, name, /^[\w!#$%&'*+.^`|~-]+$/, 'a header name')
    if (RESERVED_HEADER.test(name)) {
      throw new TypeError(`headers: "${name}" is an option of its own, or the browser's to set.`)
    }
    checkEntry(`headers.${name}`, value, TEXT, TEXT_RULE)
  }
  if (options.callback !== undefined) checkCallback(options.callback)
  if (trafficLimit !== undefined && !isTrafficLimit(trafficLimit)) {
    throw new RangeError(
      `trafficLimit must be ${MIN_TRAFFIC_LIMIT} to ${MAX_TRAFFIC_LIMIT} bits per second.`,
    )
  }
}

function checkMetadata(metadata: Readonly<Record<string, string>>): void {
  let bytes = 0
  for (const [name, value] of Object.entries(metadata)) {
    check(`metadata: "${name}"`, name, /^[A-Za-z\d-]+$/, 'letters, digits and "-"')
    checkEntry(`metadata.${name}`, value, TEXT, TEXT_RULE)
    bytes += name.length + value.length
  }
  if (bytes > MAX_METADATA_BYTES) {
    throw new RangeError(`metadata has ${bytes} bytes; OSS allows ${MAX_METADATA_BYTES}.`)
  }
}

function checkTags(tags: Readonly<Record<string, string>>): void {
  const entries = Object.entries(tags)
  if (entries.length > MAX_TAGS) {
    throw new RangeError(`tags has ${entries.length} entries; OSS allows ${MAX_TAGS}.`)
  }
  const rule = 'letters, digits, space and + - = . _ : / (a key 1 to 128, a value up to 256)'
  for (const [key, value] of entries) {
    check(`tags: "${key}"`, key, /^[\w +\-=.:/]{1,128}$/, rule)
    checkEntry(`tags.${key}`, value, /^[\w +\-=.:/]{0,256}$/, rule)
  }
}

function isTrafficLimit(limit: number): boolean {
  return Number.isInteger(limit) && limit >= MIN_TRAFFIC_LIMIT && limit <= MAX_TRAFFIC_LIMIT
}

function checkOneOf(option: string, value: string | undefined, allowed: string): void {
  check(option, value, new RegExp(`^(${allowed})$`), `one of ${allowed}`)
}

function check(option: string, value: unknown, pattern: RegExp, rule: string): void {
  if (value !== undefined) checkEntry(option, value, pattern, rule)
}

/** An option may be absent; an entry of a record that is there has a value. */
function checkEntry(option: string, value: unknown, pattern: RegExp, rule: string): void {
  if (typeof value === 'string' && pattern.test(value)) return
  throw new TypeError(`${option} must be ${rule}.`)
}
