import { randomBytes } from 'node:crypto'
import { readConfig } from '../demo/app-server/config.js'
import { startAppServer } from '../demo/app-server/server.js'
import { startOssServer } from '../demo/oss-server/server.js'
import { claimDataFolder } from './data-folder.js'
import { namesRealBucket } from './env-file.js'
import { onFreePort } from './free-port.js'

export interface DemoOptions {
  /** Where the local OSS keeps its objects. */
  dataDir: string
  /** The built page. */
  staticDir: string
  /** May be absent. One that names a bucket moves the demo to Alibaba Cloud. */
  envFile: string
}

export interface Demo {
  /** What to tell the user, in this order. */
  facts: [name: string, value: string][]
  close(): Promise<void>
}

const PAGE_PORT = 5173
const OSS_PORT = 9000

/** Starts the app server with the page and, unless `.env` names a real bucket, the local OSS and STS behind it. */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  return namesRealBucket(options.envFile) ? startOnAlibabaCloud(options) : startLocally(options)
}

async function startLocally({ dataDir, staticDir }: DemoOptions): Promise<Demo> {
  // Known to these servers alone, and only until they end.
  const key = {
    accessKeyId: `LTAI${randomBytes(10).toString('hex')}`,
    accessKeySecret: randomBytes(20).toString('hex'),
  }
  const place = { region: 'cn-hangzhou', bucket: 'demo-bucket' }
  const folder = await claimDataFolder(dataDir)

  const oss = await onFreePort(OSS_PORT, (port) =>
    startOssServer({ ...key, ...place, port, dataDir: folder.path }),
  )
  const page = await onFreePort(PAGE_PORT, (port) =>
    startAppServer({
      ...key,
      ...place,
      port,
      staticDir,
      ossEndpoint: oss.endpoint,
      stsEndpoint: oss.stsEndpoint,
      roleArn: 'acs:ram::1000000000000000:role/demo-upload',
    }),
  )
  return {
    facts: [
      ['Page', page.url],
      ['OSS', `${oss.endpoint} (local), bucket ${place.bucket}`],
      ['Objects', folder.path],
    ],
    async close() {
      await Promise.all([page.close(), oss.close()])
      await folder.release()
    },
  }
}

async function startOnAlibabaCloud({ staticDir, envFile }: DemoOptions): Promise<Demo> {
  process.loadEnvFile(envFile)
  const config = { ...readConfig(process.env), staticDir }
  const page = await onFreePort(config.port, (port) => startAppServer({ ...config, port }))
  return {
    facts: [
      ['Page', page.url],
      [
        'OSS',
        `${config.ossEndpoint ?? `Alibaba Cloud, ${config.region}`}, bucket ${config.bucket}`,
      ],
      ['Objects', 'in the bucket'],
    ],
    close: page.close,
  }
}
