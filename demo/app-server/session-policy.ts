import { ossOrigin } from './oss-address.js'
import type { Settings } from './settings.js'

type PolicySettings = Pick<
  Settings,
  'region' | 'bucket' | 'ossEndpoint' | 'addressing' | 'allowGetObject'
>

/** Older documents of the vendor allow 1024 characters, newer ones 2048. */
const MAX_POLICY_CHARACTERS = 1024

/** What a page needs to upload below one prefix and to resume; nothing about other users' keys, no delete, no listing. */
export function uploadPolicy(settings: PolicySettings, prefix: string): string {
  const reading = settings.allowGetObject ? ['oss:GetObject'] : []
  return policyFor(settings, prefix, [
    ...['oss:PutObject', 'oss:ListParts', 'oss:AbortMultipartUpload'],
    ...reading,
  ])
}

/** What this server needs to sign links to the objects of one user. */
export function readPolicy(settings: PolicySettings, prefix: string): string {
  return policyFor(settings, prefix, ['oss:GetObject'])
}

function policyFor(settings: PolicySettings, prefix: string, actions: string[]): string {
  // Without the closing slash `u/4*` would reach into `u/42/`; a wildcard would reach anywhere.
  if (!/^([\w.-]+\/)+$/.test(prefix)) throw new Error(`"${prefix}" is not a prefix we may grant.`)
  const isHttps = ossOrigin(settings).startsWith('https:')
  const policy = JSON.stringify({
    Version: '1',
    Statement: [
      {
        Effect: 'Allow',
        Action: actions,
        Resource: [`acs:oss:*:*:${settings.bucket}/${prefix}*`],
        ...(isHttps ? { Condition: { Bool: { 'acs:SecureTransport': 'true' } } } : {}),
      },
    ],
  })
  if (policy.length > MAX_POLICY_CHARACTERS)
    throw new Error('The session policy is too long for STS.')
  return policy
}
