import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'

/** Whether an env file asks for a real bucket, be it incompletely: then the app server says what is missing. */
export function namesRealBucket(path: string): boolean {
  if (!existsSync(path)) return false
  const { OSS_BUCKET, STS_ROLE_ARN } = parseEnv(readFileSync(path, 'utf8'))
  return Boolean(OSS_BUCKET || STS_ROLE_ARN)
}
