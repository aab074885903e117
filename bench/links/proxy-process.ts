import { type LinkProxy, type ProxyOptions, startLinkProxy } from './proxy.js'

let proxy: LinkProxy | undefined

process.on('message', async (options: ProxyOptions) => {
  await proxy?.close()
  proxy = await startLinkProxy(options)
  process.send?.(proxy.port)
})
process.once('disconnect', () => process.exit())
