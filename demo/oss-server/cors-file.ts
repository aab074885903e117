import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { type CorsConfiguration, type CorsRule, LOOPBACK_RULE } from './cors.js'

export interface CorsFile {
  get(): CorsConfiguration
  set(configuration: CorsConfiguration): void
}

/** The bucket's CORS rules, kept over a restart. Rules given at the start replace what was kept. */
export function openCorsFile(path: string, given: CorsRule[] | undefined): CorsFile {
  let current: CorsConfiguration = { rules: given ?? [LOOPBACK_RULE], responseVary: true }
  if (given === undefined && existsSync(path)) current = JSON.parse(readFileSync(path, 'utf8'))
  return {
    get: () => current,
    set(configuration) {
      writeFileSync(`${path}.tmp`, JSON.stringify(configuration))
      renameSync(`${path}.tmp`, path)
      current = configuration
    },
  }
}
