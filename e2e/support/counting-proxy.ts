import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export interface SentChunk {
  /** Milliseconds since the epoch when it was read. */
  readonly atMs: number
  /** It did not arrive earlier. On a busy machine it may have lain there since, unread. */
  readonly notBeforeMs: number
  readonly bytes: number
  /** Where a chunk begins a request, its first line. */
  readonly requestLine: string | undefined
}

const TICK_MS = 5

/** A wire between the browser and the local OSS that notes what the browser sends, and when. */
export async function startCountingProxy(target: string) {
  const { port } = new URL(target)
  const sent: SentChunk[] = []
  const sockets = new Set<Socket>()
  // What is there is read between two ticks; a tick that comes late says so.
  let ticks = [Date.now(), Date.now()] as const
  const ticking = setInterval(() => {
    ticks = [ticks[1], Date.now()]
  }, TICK_MS)
  const server = createServer((browser) => {
    const oss = connect(Number(port), '127.0.0.1')
    for (const socket of [browser, oss]) {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      socket.on('error', () => {
        browser.destroy()
        oss.destroy()
      })
    }
    browser.on('data', (chunk: Buffer) => {
      const line = /^[A-Z]+ \S+ HTTP\/1\.1/.exec(chunk.subarray(0, 4096).toString('latin1'))
      sent.push({
        atMs: Date.now(),
        notBeforeMs: ticks[0],
        bytes: chunk.length,
        requestLine: line?.[0],
      })
    })
    browser.pipe(oss).pipe(browser)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.')
  return {
    endpoint: `http://localhost:${address.port}`,
    sent: sent as readonly SentChunk[],
    async close() {
      clearInterval(ticking)
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
