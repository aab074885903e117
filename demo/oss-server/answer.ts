import { authorize, permissionsFor } from './access.js'
import {
  type Address,
  type AddressingRules,
  addressOf,
  checkBucket,
  checkKey,
} from './addressing.js'
import { authenticate } from './authenticate.js'
import { PUBLIC_KEY_PATH } from './callback/signature.js'
import { actualHeaders } from './cors.js'
import type { FaultSource, FaultTarget } from './faults.js'
import type { AccessKey } from './keys.js'
import type { Services } from './operations/call.js'
import { operations } from './operations/operations.js'
import { type OperationName, operationOf } from './operations/route.js'
import { accessDenied, notImplemented } from './oss-error.js'
import type { OssRequest } from './oss-request.js'
import { answerPreflight } from './preflight.js'
import type { Reply } from './reply.js'
import type { RequestBody } from './request-body.js'

export interface AnswerDeps {
  services: Services
  addressing: AddressingRules
  faults: FaultSource
}

/** What becomes known of a request on its way; the answer to an error needs what was known by then. */
export interface Progress {
  target: FaultTarget
  corsHeaders: Record<string, string>
}

/** The way of every request: where to, what, may the browser read it, who, may they, do it. */
export async function answer(
  deps: AnswerDeps,
  request: OssRequest,
  body: RequestBody,
  progress: Progress,
): Promise<Reply> {
  const { services, addressing, faults } = deps
  const { target } = progress
  if (request.method === 'OPTIONS') target.operation = 'Preflight'
  if (request.path === PUBLIC_KEY_PATH && request.method === 'GET' && isBareHost(request.host)) {
    return publicKey(services)
  }
  const address = addressOf(addressing, request.host, request.path)
  const { bucket, key = '' } = address
  Object.assign(target, address)
  if (bucket !== undefined) checkBucket(addressing, bucket)
  if (request.method === 'OPTIONS') {
    const method = request.headers['access-control-request-method'] ?? ''
    const asked = operationOf({ ...request, method }, address)
    if (asked) target.preflightOf = asked
    await faults.beforeAuth?.(target)
    return answerPreflight(request, services.cors.get())
  }
  const cors = services.cors.get()
  progress.corsHeaders = actualHeaders(cors, request.headers['origin'], request.method)
  const operation = operationOf(request, address)
  if (operation) target.operation = operation
  await faults.beforeAuth?.(target)
  if (!operation) throw notImplemented(`${request.method} ${subjectOf(request, address)}`)
  const caller = admit(services, operation, request, address)
  if (address.key !== undefined) checkKey(address.key)

  let isCommitted = false
  const reply = await operations[operation]({
    services,
    request,
    key,
    caller,
    body: withFault(body, faults, target),
    async commit(lockKey, work) {
      await faults.beforeCommit?.(target)
      const result = await services.store.exclusive(lockKey, work)
      isCommitted = true
      return result
    },
  })
  if (isCommitted) await faults.afterCommit?.(target)
  return reply
}

function withFault(body: RequestBody, faults: FaultSource, target: FaultTarget): RequestBody {
  return { ...body, open: () => faults.body?.(target, body.open()) ?? body.open() }
}

/** A form carries its signature in its fields; everything else is signed from outside. */
function admit(
  services: Services,
  operation: OperationName,
  request: OssRequest,
  address: Address,
): AccessKey | undefined {
  if (operation === 'PostObject') return undefined
  const caller = authenticate(services, request, address)
  if (caller) {
    authorize(
      caller,
      request,
      permissionsFor(operation, request.headers, services.bucket, address.key),
    )
    return caller
  }
  const isRead =
    operation === 'GetObject' || operation === 'HeadObject' || operation === 'GetObjectMeta'
  const acl = services.store.objects.find(address.key ?? '')?.acl ?? 'private'
  if (isRead && acl.startsWith('public-read')) return undefined
  throw accessDenied(
    'You have no right to access this object because of bucket acl.',
    '0003-00000001',
  )
}

function isBareHost(host: string): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(host)
}

function publicKey({ callbacks }: Services): Reply {
  return {
    status: 200,
    headers: { 'Content-Type': 'application/x-pem-file' },
    body: callbacks.publicKey,
  }
}

function subjectOf({ query }: OssRequest, { bucket, key }: Address): string {
  const level = key !== undefined ? 'object' : bucket !== undefined ? 'bucket' : 'service'
  const names = [...new Set(query.keys())].join('&')
  return names === '' ? level : `${level}?${names}`
}
