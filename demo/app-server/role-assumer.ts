import { createRequire } from 'node:module'
import type { Grant } from './grant.js'
import type { Settings } from './settings.js'
import { asStsFailure, StsFailure } from './sts-failure.js'

// The packages are CommonJS with a `default` inside: only `require` reads them alike under every runner.
const require = createRequire(import.meta.url)
const { default: StsClient, AssumeRoleRequest } =
  require('@alicloud/sts20150401') as typeof import('@alicloud/sts20150401')
const { default: CredentialChain } =
  require('@alicloud/credentials') as typeof import('@alicloud/credentials')
const { $OpenApiUtil } =
  require('@alicloud/openapi-core') as typeof import('@alicloud/openapi-core')

/** Fails with StsFailure. */
export type AssumeRole = (policy: string, sessionName: string) => Promise<Grant>

type StsSettings = Pick<
  Settings,
  'region' | 'roleArn' | 'stsEndpoint' | 'callerKey' | 'durationSeconds'
>

const CONNECT_TIMEOUT_MS = 3000
const READ_TIMEOUT_MS = 10_000

/** Assumes the upload role through the vendor's package; where it calls and who it is come from the settings alone. */
export function createRoleAssumer(settings: StsSettings): AssumeRole {
  const endpoint = settings.stsEndpoint === undefined ? undefined : new URL(settings.stsEndpoint)
  const client = new StsClient(
    new $OpenApiUtil.Config({
      regionId: settings.region,
      connectTimeout: CONNECT_TIMEOUT_MS,
      readTimeout: READ_TIMEOUT_MS,
      ...(endpoint ? { endpoint: endpoint.host, protocol: endpoint.protocol.slice(0, -1) } : {}),
      ...(settings.callerKey ?? { credential: new CredentialChain() }),
    }),
  )
  return async (policy, sessionName) => {
    const request = new AssumeRoleRequest({
      roleArn: settings.roleArn,
      roleSessionName: sessionName,
      durationSeconds: settings.durationSeconds,
      policy,
    })
    const { body } = await client.assumeRole(request).catch((error: unknown) => {
      throw asStsFailure(error)
    })
    const { accessKeyId, accessKeySecret, securityToken, expiration } = body?.credentials ?? {}
    if (!accessKeyId || !accessKeySecret || !securityToken || !isTime(expiration)) {
      throw new StsFailure(
        'misconfigured',
        'The answer of STS holds no credentials: is STS_ENDPOINT an STS?',
      )
    }
    return { accessKeyId, accessKeySecret, securityToken, expiration }
  }
}

function isTime(text: string | undefined): text is string {
  return text !== undefined && !Number.isNaN(Date.parse(text))
}
