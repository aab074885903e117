import { once } from 'node:events'
import { createServer, request } from 'node:http'

/** A way to the app server on which answers to some paths wait until they are let go. */
export async function startHoldingProxy(target: string, isHeld: (path: string) => boolean) {
  let letGo = () => {}
  const go = new Promise<void>((resolve) => {
    letGo = resolve
  })
  const server = createServer(async (incoming, outgoing) => {
    const { method, headers, url = '/' } = incoming
    if (isHeld(url)) await go
    const onward = request(new URL(url, target), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.')
  return {
    url: `http://localhost:${address.port}`,
    letGo,
    async close() {
      letGo()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
