import { lookup } from 'node:dns'
import { Agent } from 'node:http'

/** Finds `<bucket>.localhost` where the resolver of the machine does not, and any custom domain on this machine. */
export function loopbackAgent(): Agent {
  return new Agent({
    keepAlive: true,
    lookup: (_hostname, options, done) => lookup('localhost', options, done),
  })
}
