import { callbackHeaders, type UploadCallback } from './callback.js'

const MAX_URLS = 5
/** Of each of the two headers. */
const MAX_HEADER_BYTES = 5 * 1024
const BODY_TYPES: readonly unknown[] = [
  undefined,
  'application/x-www-form-urlencoded',
  'application/json',
]

/**
 * Refuses a callback that OSS would refuse, before any byte is sent.
 *
 * @throws TypeError or RangeError naming the field and the rule.
 * @see OSS "Callback", limits.
 */
export function checkCallback(callback: UploadCallback): void {
  if (typeof callback !== 'object' || callback === null) {
    throw new TypeError('callback must be an object with url and body.')
  }
  const { url, body, bodyType, host, sni, variables = {} } = callback
  const urls = Array.isArray(url) ? url : [url]
  if (urls.length < 1 || urls.length > MAX_URLS || !urls.every(isUrl)) {
    throw new TypeError('callback.url must be one to five http or https URLs.')
  }
  if (typeof body !== 'string' || body === '') {
    throw new TypeError('callback.body must be a text, such as "key=${object}&size=${size}".')
  }
  if (!BODY_TYPES.includes(bodyType)) {
    throw new TypeError(
      'callback.bodyType must be a form ("application/x-www-form-urlencoded") or "application/json".',
    )
  }
  if (host !== undefined && typeof host !== 'string') {
    throw new TypeError('callback.host must be a text.')
  }
  if (sni !== undefined && typeof sni !== 'boolean') {
    throw new TypeError('callback.sni must be true or false.')
  }
  if (Object.prototype.toString.call(variables) !== '[object Object]') {
    throw new TypeError('callback.variables must be a plain object of texts.')
  }
  for (const [name, value] of Object.entries(variables)) {
    if (/^[a-z\d_-]+$/.test(name) && typeof value === 'string') continue
    throw new TypeError(
      `callback.variables: "${name}" must be a text by a name of a-z, 0-9, "_" and "-".`,
    )
  }
  if (Object.values(callbackHeaders(callback)).some(({ length }) => length > MAX_HEADER_BYTES)) {
    throw new RangeError(
      'callback is too long: OSS allows 5 KB, base64, for it and for its variables.',
    )
  }
}

function isUrl(url: unknown): boolean {
  if (typeof url !== 'string' || url.includes(';') || !URL.canParse(url)) return false
  return /^https?:$/.test(new URL(url).protocol)
}
