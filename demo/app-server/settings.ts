import type { AppServerConfig } from './app-server-config.js'
import { ConfigError, configProblems } from './config-problems.js'

/** The configuration with its defaults filled in: what the rooms of this server read. */
export interface Settings {
  region: string
  bucket: string
  roleArn: string
  ossEndpoint: string | undefined
  addressing: AppServerConfig['addressing']
  stsEndpoint: string | undefined
  /** Absent: the vendor's default chain. */
  callerKey: { accessKeyId: string; accessKeySecret: string } | undefined
  prefixRoot: string
  durationSeconds: number
  allowGetObject: boolean
  publicUrl: URL | undefined
  allowedOrigins: ReadonlySet<string>
  user: string | undefined
  now: () => number
}

/** @throws ConfigError */
export function settle(config: AppServerConfig): Settings {
  const problems = configProblems(config)
  if (problems.length > 0) throw new ConfigError(problems)
  const { accessKeyId, accessKeySecret } = config
  return {
    // OSS writes its regions with oss- in front, STS and the signature without.
    region: config.region.replace(/^oss-/, ''),
    bucket: config.bucket,
    roleArn: config.roleArn,
    ossEndpoint: config.ossEndpoint,
    addressing: config.addressing,
    stsEndpoint: config.stsEndpoint,
    callerKey: accessKeyId && accessKeySecret ? { accessKeyId, accessKeySecret } : undefined,
    prefixRoot: config.prefixRoot ?? 'u/',
    durationSeconds: config.durationSeconds ?? 900,
    allowGetObject: config.allowGetObject ?? true,
    publicUrl: config.publicUrl === undefined ? undefined : new URL(config.publicUrl),
    allowedOrigins: new Set(config.allowedOrigins),
    user: config.user,
    now: config.now ?? Date.now,
  }
}
