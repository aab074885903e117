import { OssError } from '../oss-error.js'
import type { ObjectRecord } from '../store/records.js'

/** If-Match and its relatives, on reads under their own names and on copies behind a prefix. */
export function checkConditions(
  object: ObjectRecord,
  headers: Readonly<Record<string, string>>,
  prefix = '',
): void {
  const ifMatch = headers[`${prefix}if-match`]
  const ifNoneMatch = headers[`${prefix}if-none-match`]
  const unmodifiedSince = seconds(headers[`${prefix}if-unmodified-since`])
  const modifiedSince = seconds(headers[`${prefix}if-modified-since`])
  const modified = Math.floor(object.lastModified / 1000)

  if (ifMatch !== undefined && !matchesEtag(ifMatch, object)) throw preconditionFailed('If-Match')
  if (unmodifiedSince !== undefined && modified > unmodifiedSince) {
    throw preconditionFailed('If-Unmodified-Since')
  }
  if (ifNoneMatch !== undefined && matchesEtag(ifNoneMatch, object)) throw notModified(object)
  if (modifiedSince !== undefined && modified <= modifiedSince) throw notModified(object)
}

function matchesEtag(header: string, { etag }: ObjectRecord): boolean {
  return header.split(',').some((value) => {
    const wanted = value.trim().replace(/^"(.*)"$/, '$1')
    return wanted === '*' || wanted === etag
  })
}

function seconds(date: string | undefined): number | undefined {
  const time = date === undefined ? Number.NaN : Date.parse(date)
  return Number.isNaN(time) ? undefined : Math.floor(time / 1000)
}

function preconditionFailed(condition: string): OssError {
  const message = 'At least one of the pre-conditions you specified did not hold.'
  return new OssError(412, 'PreconditionFailed', message, { details: { Condition: condition } })
}

function notModified({ etag }: ObjectRecord): OssError {
  return new OssError(304, 'NotModified', 'Not Modified', { details: { ETag: `"${etag}"` } })
}
