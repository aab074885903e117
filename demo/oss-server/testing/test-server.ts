import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Policy } from '../keys.js'
import { type OssServer, type OssServerOptions, startOssServer } from '../server.js'

export const OWNER = { accessKeyId: 'LTAIowner', accessKeySecret: 'owner-secret' }
export const BUCKET = 'test-bucket'
export const REGION = 'cn-hangzhou'

/** A server on ports of its own, gone with the test that started it. */
export async function startTestServer(options: Partial<OssServerOptions> = {}): Promise<OssServer> {
  const dataDir = options.dataDir ?? (await temporaryFolder())
  const server = await startOssServer({
    bucket: BUCKET,
    region: REGION,
    ...OWNER,
    ...options,
    dataDir,
  })
  onTestFinished(() => server.close())
  return server
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'oss-server-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

export interface StsKey {
  accessKeyId: string
  accessKeySecret: string
  securityToken: string
}

/** Puts an STS key into the ring; without policies it may do everything. */
export function addStsKey(
  server: OssServer,
  options: { policies?: Policy[]; expiresAt?: number } = {},
): StsKey {
  const key = {
    accessKeyId: 'STS.visitor',
    accessKeySecret: 'visitor-secret',
    securityToken: 'CAIS/visitor+token==',
  }
  const { policies = [], expiresAt = Number.POSITIVE_INFINITY } = options
  server.keys.add({ ...key, policies, expiresAt })
  return key
}

/** The rights an uploading page gets on everything below a prefix. */
export function uploadPolicy(prefix: string): Policy {
  return {
    Version: '1',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['oss:PutObject', 'oss:ListParts', 'oss:AbortMultipartUpload'],
        Resource: [`acs:oss:*:*:${BUCKET}/${prefix}*`],
      },
    ],
  }
}
