/** `20250102T030405Z`: the form of `x-oss-date`. The time comes in as data; nothing here asks a clock. */
export function basicTimestamp(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/[-:]|\.\d{3}/g, '')
}

/** Milliseconds since the epoch of an ISO 8601 date, or `undefined` when it is none. */
export function parseTimestamp(text: string): number | undefined {
  const epochMs = Date.parse(text)
  return Number.isNaN(epochMs) ? undefined : epochMs
}
