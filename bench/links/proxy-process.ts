import { type ProxyOptions, startLinkProxy } from './proxy.js'

/** The proxy of one run, in a process of its own so that neither the server nor the measuring delays it. */
process.once('message', async (options: ProxyOptions) => {
  const { port } = await startLinkProxy(options)
  process.send?.(port)
})
process.once('disconnect', () => process.exit())
