import type { AddressInfo } from 'node:net'
import { createDrainServer } from './drain-server.js'
import { createTrafficMeter } from './traffic.js'

/** The server in a process of its own, which ends with the one that started it. */
const meter = createTrafficMeter()
const server = createDrainServer(meter)
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port })
})
process.on('message', (command: 'reset' | 'read') => {
  if (command === 'reset') meter.reset()
  process.send?.({ traffic: meter.read() })
})
process.once('disconnect', () => process.exit())
