import { type AuthenticationDeps, findKey, signatureDoesNotMatch } from '../authenticate.js'
import { sign } from '../canonical-request.js'
import { parseDatetime, readScope } from '../claims.js'
import type { AccessKey } from '../keys.js'
import { accessDenied, invalidArgument } from '../oss-error.js'

const MAX_AHEAD_MS = 15 * 60_000
const MAX_AGE_MS = 7 * 24 * 3600_000

/** Who signed the policy of a form. The policy itself is not looked at. */
export function authenticateForm(
  { keys, region }: AuthenticationDeps,
  fields: ReadonlyMap<string, string>,
  now: number,
): AccessKey {
  if (fields.has('ossaccesskeyid') || fields.has('signature')) {
    throw accessDenied('Signature version 1 is not allowed for this bucket.', '0002-00000080')
  }
  const policy = fields.get('policy')
  const signature = fields.get('x-oss-signature')
  if (!policy || !signature) {
    const message = 'You have no right to access this object because of bucket acl.'
    throw accessDenied(message, '0003-00000001')
  }
  const version = fields.get('x-oss-signature-version') ?? ''
  if (version !== 'OSS4-HMAC-SHA256') {
    const message = 'x-oss-signature-version must be OSS4-HMAC-SHA256.'
    throw invalidArgument(message, 'x-oss-signature-version', version)
  }
  const credential = fields.get('x-oss-credential') ?? ''
  const { accessKeyId, date } = readScope(credential, region, 'x-oss-credential', '0002-00000227')
  checkDate(fields.get('x-oss-date') ?? '', date, now)
  const key = findKey(keys, accessKeyId, fields.get('x-oss-security-token'), now)
  if (sign(policy, key.accessKeySecret, date, region) === signature) return key
  throw signatureDoesNotMatch({ accessKeyId, signature }, policy)
}

function checkDate(datetime: string, scopeDate: string, now: number): void {
  const time = parseDatetime(datetime)
  if (Number.isNaN(time)) {
    throw accessDenied('The format of x-oss-date is invalid.', '0002-00000502')
  }
  if (!datetime.startsWith(scopeDate)) {
    const message = 'The signing date is not the day of x-oss-date.'
    throw invalidArgument(message, 'x-oss-date', datetime, '0002-00000223')
  }
  if (time > now + MAX_AHEAD_MS) {
    throw accessDenied('The form is not valid yet.', '0002-00000235')
  }
  if (time < now - MAX_AGE_MS) {
    throw accessDenied('The form is older than seven days.', '0002-00000504')
  }
}
