import { setTimeout as sleep } from 'node:timers/promises'
import { invalidArgument } from './oss-error.js'
import type { OssRequest } from './oss-request.js'

const MIN_BITS = 819_200
const MAX_BITS = 838_860_800
const NAME = 'x-oss-traffic-limit'

/** Bytes a second this request may move; `undefined` when it set no limit. */
export function trafficLimit(request: OssRequest): number | undefined {
  const inHeader = request.headers[NAME]
  const inQuery = request.query.get(NAME) ?? undefined
  if (inHeader !== undefined && inQuery !== undefined) {
    throw invalidArgument(`${NAME} is in the header and in the query.`, NAME, inHeader)
  }
  return parseTrafficLimit(inHeader ?? inQuery)
}

export function parseTrafficLimit(value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const bits = /^\d{1,10}$/.test(value) ? Number(value) : 0
  if (bits < MIN_BITS || bits > MAX_BITS) {
    const message = `${NAME} must be ${MIN_BITS} to ${MAX_BITS} bit/s.`
    throw invalidArgument(message, NAME, value, '0004-00000502')
  }
  return bits / 8
}

/** Hands chunks on no faster than the limit. Real time, not the server's clock: a test may hold that still. */
export async function* throttle(
  source: AsyncIterable<Buffer>,
  bytesPerSecond: number,
): AsyncGenerator<Buffer> {
  const started = performance.now()
  let passed = 0
  for await (const chunk of source) {
    passed += chunk.length
    const dueMs = (passed / bytesPerSecond) * 1000 - (performance.now() - started)
    if (dueMs > 1) await sleep(dueMs)
    yield chunk
  }
}
