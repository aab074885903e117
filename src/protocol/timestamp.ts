/** `20250102T030405Z`: the form of `x-oss-date`. The time comes in as data; nothing here asks a clock. */
export function basicTimestamp(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/[-:]|\.\d{3}/g, '')
}

/** Milliseconds since the epoch of an ISO 8601 date, or `undefined` when it is none. */
export function parseTimestamp(text: string): number | undefined {
  const epochMs = Date.parse(text)
  return Number.isNaN(epochMs) ? undefined : epochMs
}

/** Milliseconds that a `Retry-After` asks to wait from `at` on: its value is seconds or an HTTP date. */
export function parseRetryAfter(value: string | undefined, at: number): number | undefined {
  const text = value?.trim() ?? ''
  if (/^\d+$/.test(text)) return Number(text) * 1000
  const epochMs = parseTimestamp(text)
  return epochMs === undefined ? undefined : Math.max(0, epochMs - at)
}

/** OSS takes no request whose clock is further off. */
export const MAX_SKEW_MS = 15 * 60_000
