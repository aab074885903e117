/** As OSS writes times in XML: whole seconds with `.000`. Its Python SDK reads nothing else. */
export function isoTime(milliseconds: number): string {
  return new Date(Math.floor(milliseconds / 1000) * 1000).toISOString()
}
