import type { Bench } from './driver/open-bench.js'
import type { Cost } from './driver/tab.js'
import type { Job } from './page/client.js'
import type { PageSample } from './page/page.js'
import type { DrainServer } from './server/start.js'
import type { Traffic } from './server/traffic.js'
import type { Settings, Variant } from './variants.js'

export interface Files {
  readonly paths: readonly string[]
  /** Bytes that are to come in. */
  readonly bytes: number
}

export interface Upload extends Files {
  /** Begins the keys; another one each time, so that no preflight is remembered. */
  readonly prefix: string
  /** Where a proxy stands before the server: its URL. */
  readonly endpoint?: string
  readonly limitMs: number
}

/** One upload as the page, the system and the server saw it. */
export interface Sample extends PageSample, Cost {
  readonly traffic: Traffic
}

/** Uploads in a fresh tab. @throws when the client fails, is late, or sends too little. */
export async function measureUpload(
  bench: Bench,
  server: DrainServer,
  { client, settings }: Variant,
  { paths, bytes, prefix, endpoint = server.endpoint, limitMs }: Upload,
): Promise<Sample> {
  const tab = await bench.openTab()
  try {
    await tab.choose(paths)
    await tab.evaluate(`bench.load(${JSON.stringify(client)})`, limitMs)
    const job = JSON.stringify(jobOf(endpoint, prefix, settings))
    await tab.evaluate(`bench.prepare(${job})`, limitMs)
    await server.reset()
    const [page, cost] = await tab.measure<PageSample>(`bench.run(${job})`, limitMs)
    const traffic = await server.read()
    if (traffic.bodyBytes < bytes) {
      throw new Error(`Only ${traffic.bodyBytes} of ${bytes} bytes came in.`)
    }
    return { ...page, ...cost, traffic }
  } finally {
    await tab.close()
  }
}

export function jobOf(endpoint: string, prefix: string, settings: Settings): Job {
  return { ...settings, endpoint, bucket: 'bench', region: 'cn-hangzhou', prefix }
}
