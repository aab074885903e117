import { createMultipartClient } from '../client/multipart-client.js'
import { type Call, createOssClient } from '../client/oss-client.js'
import { fixedPace } from '../client/pace.js'
import type { CredentialsReason } from '../environment.js'
import { bucketAddress } from '../protocol/address.js'
import { createMemoryEnvironment } from './memory-environment.js'
import { type Interference, reply } from './memory-oss.js'

const address = bucketAddress({ region: 'cn-hangzhou', bucket: 'bucket' })
export const body = new Blob(['bytes'])

/** A client whose answers come from `script`, or from OSS in memory where that gives none. */
export function setUpClient(
  script?: Interference,
  { connections = 5, prefixes = [] as string[], pace = fixedPace(connections) } = {},
) {
  const { environment, clock, oss } = createMemoryEnvironment(script)
  const reasons: CredentialsReason[] = []
  const client = createMultipartClient(
    createOssClient(
      {
        ...environment,
        credentials: async ({ reason, onServerTime }) => {
          onServerTime?.(clock.now())
          return {
            accessKeyId: `STS.${reasons.push(reason)}`,
            accessKeySecret: 'the-secret',
            securityToken: 'the-token',
            expiration: clock.now() + 3_600_000,
            prefix: prefixes[reasons.length - 1],
          }
        },
      },
      address,
      pace,
    ),
  )
  const put = (key: string, call: Call = callOf()) => client.putObject(key, body, {}, call)
  const names = () => oss.requests.map(({ name }) => name)
  const usedIds = () =>
    oss.requests.map(({ request }) => /STS\.\d+/.exec(request.headers['authorization'] ?? '')?.[0])
  return { client, clock, oss, put, names, usedIds, reasons }
}

export function callOf(signal = new AbortController().signal, rank = 0) {
  return { rank, signal }
}

export function refusal(code: string, status = 403) {
  return reply(status, `<Error><Code>${code}</Code></Error>`)
}

/** Answers when the test says so. */
export function gate() {
  let open = () => {}
  const opened = new Promise<undefined>((resolve) => {
    open = () => resolve(undefined)
  })
  return { opened, open }
}
