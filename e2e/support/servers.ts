import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AppServerConfig } from '../../demo/app-server/config.js'
import { type AppServer, startAppServer } from '../../demo/app-server/server.js'
import { LOOPBACK_RULE } from '../../demo/oss-server/cors.js'
import {
  type FaultSource,
  type OssServer,
  type OssServerOptions,
  startOssServer,
} from '../../demo/oss-server/server.js'
import { overLine } from './slow-line.js'

export const BUCKET = 'e2e-bucket'
export const REGION = 'cn-hangzhou'
export const PREFIX = 'u/tester/'

export const KEY = { accessKeyId: 'LTAIe2e', accessKeySecret: 'e2e-secret' }

/** A local OSS with an empty data folder, removed when it closes. */
export async function startOss(options: Partial<OssServerOptions> = {}): Promise<OssServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'oss-e2e-'))
  const oss = await startOssServer({
    ...KEY,
    bucket: BUCKET,
    region: REGION,
    dataDir,
    ...options,
    faults: overLine(options.faults),
  })
  rememberKeysOf(oss)
  return {
    ...oss,
    async close() {
      await oss.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

const secrets = new Set<string>([KEY.accessKeySecret])

/** Secrets and tokens of every key that a local OSS of this process ever knew: what no page may keep. */
export function handedOutSecrets(): readonly string[] {
  return [...secrets]
}

/** The local STS puts each key it mints on the ring of its OSS. */
function rememberKeysOf({ keys }: OssServer): void {
  const { add } = keys
  keys.add = (key) => {
    add(key)
    for (const secret of [key.accessKeyId, key.accessKeySecret, key.securityToken]) {
      // What tests call `secret` or `token` for short would be found in any text.
      if (secret && secret.length >= 16) secrets.add(secret)
    }
  }
}

/** `user: 'by cookie'`: none of its own; who calls is told by the session cookie alone. */
export async function startApp(
  oss: OssServer,
  staticDir: string,
  { user = 'tester', ...config }: Partial<AppServerConfig> = {},
): Promise<AppServer> {
  return startAppServer({
    ...KEY,
    port: 0,
    region: REGION,
    bucket: BUCKET,
    ossEndpoint: oss.endpoint,
    stsEndpoint: oss.stsEndpoint,
    roleArn: 'acs:ram::1000000000000000:role/e2e',
    ...(user === 'by cookie' ? {} : { user }),
    staticDir,
    ...config,
  })
}

/** No loopback name, so that its pages by plain http are no secure context. */
const INTRANET_URL = 'http://intranet.test'

/** A local OSS and an app server whose page stands in an intranet, by plain http. */
export async function startIntranet(staticDir: string, faults: FaultSource) {
  const corsRules = [{ ...LOOPBACK_RULE, allowedOrigins: [INTRANET_URL] }]
  const oss = await startOss({ corsRules, faults })
  const app = await startApp(oss, staticDir, { allowedOrigins: [INTRANET_URL] })
  const { hostname } = new URL(INTRANET_URL)
  return {
    oss,
    url: INTRANET_URL,
    /** For the launch of a browser that shall find the intranet on this machine. */
    browserArgs: [`--host-resolver-rules=MAP ${hostname} 127.0.0.1:${new URL(app.url).port}`],
    async close() {
      await app.close()
      await oss.close()
    },
  }
}
