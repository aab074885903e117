import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { createCallbackSender } from './callback/sender.js'
import { createCallbackSigner } from './callback/signature.js'
import type { CorsRule } from './cors.js'
import { openCorsFile } from './cors-file.js'
import { createExchanges, type Exchanges, type RequestRecord } from './exchange.js'
import type { FaultSource } from './faults.js'
import { createKeyRing, type KeyRing, type Policy } from './keys.js'
import { listenOnLoopback } from './listen.js'
import { objectHeaders } from './operations/read-object.js'
import { openStore } from './store/store.js'
import { startStsServer } from './sts/sts-server.js'

export type { CorsRule } from './cors.js'
export type { RequestRecord } from './exchange.js'
export { ConnectionDrop, type FaultSource, type FaultTarget } from './faults.js'
export { OssError } from './oss-error.js'

export interface OssServerOptions {
  /** 0, the default: any free port. */
  port?: number
  stsPort?: number
  bucket: string
  /** `cn-hangzhou` */
  region: string
  /** The permanent key: may do everything, and assume the role. */
  accessKeyId: string
  accessKeySecret: string
  dataDir: string
  /** Hosts bound to the bucket. */
  cnames?: string[]
  allowPathStyle?: boolean
  /** What the role may do before a session policy narrows it; absent: everything. */
  rolePolicy?: Policy
  /** Absent: what the bucket had, and for a new one any loopback origin. */
  corsRules?: CorsRule[]
  /** Milliseconds since the epoch. */
  now?: () => number
  /** How long a body may stand still before 400 RequestTimeout. @defaultValue 60 000 */
  stallMs?: number
  faults?: FaultSource
  stsFaults?: FaultSource
}

export interface StoredObject {
  size: number
  /** As HeadObject answers them. */
  headers: Record<string, string>
  stream(): Readable
}

export interface OssServer {
  /** `http://localhost:PORT` */
  endpoint: string
  stsEndpoint: string
  bucket: string
  region: string
  keys: KeyRing
  /** One entry for each answered request, oldest first. */
  requests: readonly RequestRecord[]
  /** PEM of the key that signs upload callbacks. */
  callbackPublicKey: string
  setCorsRules(rules: CorsRule[]): void
  listUploads(): Promise<{ key: string; uploadId: string }[]>
  readObject(key: string): Promise<StoredObject | undefined>
  /** Ends every connection and refuses new ones, until what it returns is called. */
  refuseConnections(which: 'oss' | 'sts'): () => Promise<void>
  close(): Promise<void>
}

/**
 * Starts the local OSS and its STS.
 *
 * @throws when a port is taken or the data folder cannot be used.
 */
export async function startOssServer(options: OssServerOptions): Promise<OssServer> {
  const { bucket, region, accessKeyId, accessKeySecret, cnames = [] } = options
  const now = options.now ?? Date.now
  const directory = join(options.dataDir, bucket)
  const keys = createKeyRing({ accessKeyId, accessKeySecret, policies: [] })
  const store = await openStore(directory)
  const cors = openCorsFile(join(directory, 'cors.json'), options.corsRules)
  const requests: RequestRecord[] = []
  let endpoint = ''
  const signer = createCallbackSigner(() => endpoint)
  const exchanges = createExchanges({
    services: {
      bucket,
      region,
      keys,
      store,
      cors,
      callbacks: createCallbackSender(bucket, signer),
    },
    addressing: { bucket, cnames, allowPathStyle: options.allowPathStyle ?? false },
    faults: options.faults ?? {},
    now,
    stallMs: options.stallMs ?? 60_000,
    record: (request) => void requests.push(request),
  })

  const oss = await listenOnLoopback(options.port ?? 0, () => createHttpServer(exchanges))
  endpoint = `http://localhost:${oss.port}`
  const sts = await startStsServer({
    port: options.stsPort ?? 0,
    keys,
    now,
    trusted: { accessKeyId, accessKeySecret },
    ...(options.rolePolicy ? { rolePolicy: options.rolePolicy } : {}),
    ...(options.stsFaults ? { faults: options.stsFaults } : {}),
  }).catch(async (error: unknown) => {
    await oss.close()
    throw error
  })

  return {
    endpoint,
    stsEndpoint: sts.endpoint,
    bucket,
    region,
    keys,
    requests,
    callbackPublicKey: signer.publicKey,
    setCorsRules: (rules) => cors.set({ ...cors.get(), rules }),
    listUploads: async () =>
      [...store.uploads.all()].map(({ key, uploadId }) => ({ key, uploadId })),
    async readObject(key) {
      const object = store.objects.find(key)
      if (!object) return undefined
      const { size, blobs } = object
      return { size, headers: objectHeaders(object), stream: () => store.blobs.read(blobs) }
    },
    refuseConnections: (which) => (which === 'oss' ? oss : sts).refuseConnections(),
    async close() {
      const ended = Promise.all([oss.close(), sts.close()]).then(() => exchanges.settled())
      const late = setTimeout(CLOSE_MS, 'late', { ref: false })
      if ((await Promise.race([ended, late])) === 'late') {
        console.error('The local OSS server is closed, but not all of its requests have ended.')
      }
    },
  }
}

/** Milliseconds that requests under way may take to end once nothing new is taken. */
const CLOSE_MS = 5_000

const LIMITS = {
  // A slow body is the business of `stallMs`: 5 GB may take hours as long as bytes keep coming.
  requestTimeout: 0,
  // Longer than a client leaves a connection idle, or it would send into one that just closed.
  keepAliveTimeout: 75_000,
  // A token, two callback headers and 8 KB of metadata do not fit into Node's 16 KB.
  maxHeaderSize: 64 * 1024,
}

function createHttpServer(exchanges: Exchanges): Server {
  const server = createServer(LIMITS, (incoming, outgoing) =>
    exchanges.handle(incoming, outgoing, false),
  )
  server.on('checkContinue', (incoming, outgoing) => exchanges.handle(incoming, outgoing, true))
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const isHalfClosed = error.code === 'HPE_INVALID_EOF_STATE' && socket.writable
    if (isHalfClosed && exchanges.cutShort(socket)) return
    if (socket.writable) socket.write('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
    socket.destroy()
  })
  return server
}
