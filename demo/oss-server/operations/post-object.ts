import { randomBytes } from 'node:crypto'
import { authorize, permissionsFor } from '../access.js'
import { checkKey } from '../addressing.js'
import { type Callback, parseCallback } from '../callback/config.js'
import { encodeKey } from '../canonical-request.js'
import { authenticateForm } from '../form/authenticate-form.js'
import { finishForm, readUploadForm, type UploadForm } from '../form/form-fields.js'
import { boundaryOf, readForm } from '../form/multipart-form.js'
import { checkPostPolicy, parsePostPolicy } from '../form/post-policy.js'
import { invalidArgument, OssError } from '../oss-error.js'
import type { Reply } from '../reply.js'
import type { ObjectRecord } from '../store/records.js'
import { parseTrafficLimit } from '../throttle.js'
import { writeXml } from '../xml.js'
import { readAcl, readAttributes } from './attributes.js'
import type { Call } from './call.js'
import { objectOf, overwriteCheck, storedHeaders } from './put-object.js'
import { intake, MAX_BODY_BYTES } from './receive.js'

/** An upload by an HTML form: the signature is in the fields, the policy says what they may be. */
export async function postObject(call: Call): Promise<Reply> {
  const { services, request } = call
  const parts = readForm(call.body.open(), boundaryOf(request.headers['content-type']))
  const form = await readUploadForm(parts)
  const { fields, file } = form
  const key = readKey(form)
  const caller = authenticateForm(services, fields, request.now)
  const policy = parsePostPolicy(fields.get('policy') ?? '')
  checkPostPolicy(policy, conditionFields(form, services.bucket, key), request.now)
  const described = objectFields(form)
  authorize(caller, request, permissionsFor('PostObject', described, services.bucket, key))
  checkKey(key)

  const attributes = readAttributes(described)
  const acl = readAcl(described['x-oss-object-acl'])
  const callback = readFormCallback(fields)
  const checkOverwrite = overwriteCheck(services, key, described)
  checkOverwrite()
  const limits = {
    bytesPerSecond: parseTrafficLimit(fields.get('x-oss-traffic-limit')),
    maxBytes: Math.min(policy.maxBytes, MAX_BODY_BYTES),
    tooLarge: () => sizeError('EntityTooLarge', 'exceeds the maximum'),
  }
  const object = await intake(services, file.body, limits, async (received) => {
    await finishForm(parts)
    if (received.size < policy.minBytes) throw sizeError('EntityTooSmall', 'is below the minimum')
    // Of a form upload the ETag is not the MD5 of the content; who takes it for that shall notice.
    const etag = randomBytes(16).toString('hex').toUpperCase()
    const record = { ...objectOf(key, received, attributes, acl, request.now), etag }
    await call.commit(key, () => {
      checkOverwrite()
      return services.store.objects.save(record)
    })
    return record
  })
  const reply = successReply(call, fields, object)
  return callback ? services.callbacks.send(callback, object, request, 'PostObject', reply) : reply
}

function readKey({ fields, file }: UploadForm): string {
  const key = fields.get('key')
  if (!key) throw invalidArgument('The form has no field key before the file.', 'key', '')
  // Old browsers sent the whole path of the file.
  const filename = (file.filename ?? '').replace(/^.*[/\\]/, '')
  return key.replaceAll('${filename}', filename)
}

/** What conditions are tested against: the fields, the bucket, and the type of the file where no field gives one. */
function conditionFields(
  { fields, file }: UploadForm,
  bucket: string,
  key: string,
): Map<string, string> {
  const contentType = fields.get('content-type') ?? file.contentType ?? ''
  return new Map([...fields, ['bucket', bucket], ['key', key], ['content-type', contentType]])
}

/** The fields as the headers a PutObject would have had. */
function objectFields({ fields, file }: UploadForm): Record<string, string> {
  const headers = Object.fromEntries(
    [...fields].map(([name, value]) => [name, Buffer.from(value, 'utf8').toString('latin1')]),
  )
  const contentType =
    fields.get('x-oss-content-type') ?? file.contentType ?? fields.get('content-type')
  delete headers['x-oss-tagging']
  return contentType === undefined ? headers : { ...headers, 'content-type': contentType }
}

function readFormCallback(fields: ReadonlyMap<string, string>): Callback | undefined {
  const encoded = fields.get('callback')
  if (!encoded) return undefined
  return parseCallback(
    encoded,
    Object.fromEntries([...fields].filter(([name]) => name.startsWith('x:'))),
  )
}

function successReply(
  { services, request }: Call,
  fields: ReadonlyMap<string, string>,
  object: ObjectRecord,
): Reply {
  const headers = storedHeaders(object)
  const redirect = fields.get('success_action_redirect')
  if (redirect && URL.canParse(redirect)) {
    const location = new URL(redirect)
    location.searchParams.set('bucket', services.bucket)
    location.searchParams.set('key', object.key)
    location.searchParams.set('etag', object.etag)
    return { status: 303, headers: { ...headers, Location: location.href } }
  }
  const status = fields.get('success_action_status')
  if (status === '200') return { status: 200, headers }
  if (status !== '201') return { status: 204, headers }
  // `/`, or with path style `/bucket`, with or without a slash behind it.
  const location = `http://${request.host}${request.path.replace(/\/$/, '')}/${encodeKey(object.key)}`
  const body = writeXml([
    'PostResponse',
    [
      ['Bucket', services.bucket],
      ['ETag', `"${object.etag}"`],
      ['Location', location],
      ['Key', object.key],
    ],
  ])
  headers['Content-Type'] = 'application/xml'
  headers['Location'] = location
  return { status: 201, headers, body }
}

function sizeError(code: string, what: string): OssError {
  return new OssError(400, code, `The size of your upload ${what} the policy allows.`)
}
