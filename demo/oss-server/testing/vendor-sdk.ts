import OSS from 'ali-oss'
import type { OssServer } from '../server.js'
import { loopbackAgent } from './loopback-agent.js'
import { BUCKET, OWNER, REGION, type StsKey } from './test-server.js'

/** The vendor's SDK, with what its types lack. */
export interface Sdk
  extends Omit<OSS, 'initMultipartUpload' | 'completeMultipartUpload' | 'uploadPartCopy'> {
  initMultipartUpload(key: string, options?: object): Promise<{ uploadId: string }>
  completeMultipartUpload(
    key: string,
    uploadId: string,
    parts: { number: number; etag: string }[],
    options?: object,
  ): Promise<{ etag: string; res: { headers: Record<string, string> } }>
  _uploadPart(
    key: string,
    uploadId: string,
    partNumber: number,
    data: { stream: NodeJS.ReadableStream; size: number },
  ): Promise<{ etag: string }>
  uploadPartCopy(
    key: string,
    uploadId: string,
    partNumber: number,
    range: string,
    source: { sourceKey: string; sourceBucketName: string },
  ): Promise<{ etag: string }>
  signPostObjectPolicyV4(policy: object, date: Date): string
}

export function sdk(
  server: OssServer,
  { securityToken, ...key }: Partial<StsKey> = {},
  extra: { endpoint?: string; cname?: boolean; authorizationV4?: boolean; region?: string } = {},
): Sdk {
  const options = {
    ...OWNER,
    ...key,
    ...(securityToken === undefined ? {} : { stsToken: securityToken, ...NEVER_REFRESH }),
    region: `oss-${REGION}`,
    endpoint: server.endpoint,
    bucket: BUCKET,
    authorizationV4: true,
    agent: loopbackAgent(),
    ...extra,
  }
  return new OSS(options) as unknown as Sdk
}

/** Without these the SDK prints advice. */
const NEVER_REFRESH = {
  refreshSTSToken: () => Promise.reject(new Error('no refresh in this test')),
  refreshSTSTokenInterval: 1e9,
}
