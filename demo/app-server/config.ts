import type { Addressing, AppServerConfig } from './app-server-config.js'
import { ConfigError, configProblems } from './config-problems.js'

export type { AppServerConfig } from './app-server-config.js'

const DEFAULT_PORT = '5173'

const VARIABLES: Partial<Record<keyof AppServerConfig, string>> = {
  port: 'PORT',
  host: 'LISTEN_HOST',
  allowNonLoopback: 'ALLOW_NON_LOOPBACK',
  publicUrl: 'PUBLIC_URL',
  region: 'OSS_REGION',
  bucket: 'OSS_BUCKET',
  ossEndpoint: 'OSS_ENDPOINT',
  addressing: 'OSS_ADDRESSING',
  stsEndpoint: 'STS_ENDPOINT',
  roleArn: 'STS_ROLE_ARN',
  accessKeyId: 'ALIBABA_CLOUD_ACCESS_KEY_ID',
  accessKeySecret: 'ALIBABA_CLOUD_ACCESS_KEY_SECRET',
  prefixRoot: 'PREFIX_ROOT',
  durationSeconds: 'STS_DURATION_SECONDS',
  allowGetObject: 'ALLOW_GET_OBJECT',
  staticDir: 'STATIC_DIR',
  allowedOrigins: 'ALLOWED_ORIGINS',
}

/**
 * Reads the configuration from environment variables (`.env.example` explains each). An empty one counts as absent.
 *
 * @throws ConfigError naming every variable that is missing, malformed or contradicts another.
 */
export function readConfig(env: Record<string, string | undefined>): AppServerConfig {
  const problems: string[] = []
  const text = (field: keyof AppServerConfig) => env[variableOf(field)]?.trim() || undefined
  const flag = (field: keyof AppServerConfig) => {
    const value = text(field)
    if (value !== undefined && value !== 'true' && value !== 'false') {
      problems.push(`${variableOf(field)} must be true or false; it is "${value}"`)
    }
    return value === undefined ? undefined : value === 'true'
  }
  const duration = text('durationSeconds')
  // A key that is itself temporary needs its token too: that is what the vendor's chain reads.
  const isTemporary = Boolean(env['ALIBABA_CLOUD_SECURITY_TOKEN'])

  const config: AppServerConfig = {
    port: Number(text('port') ?? DEFAULT_PORT),
    region: text('region') ?? '',
    bucket: text('bucket') ?? '',
    roleArn: text('roleArn') ?? '',
    ...present({
      host: text('host'),
      allowNonLoopback: flag('allowNonLoopback'),
      publicUrl: text('publicUrl'),
      ossEndpoint: text('ossEndpoint'),
      // Checked with the rest below.
      addressing: text('addressing') as Addressing | undefined,
      stsEndpoint: text('stsEndpoint'),
      accessKeyId: isTemporary ? undefined : text('accessKeyId'),
      accessKeySecret: isTemporary ? undefined : text('accessKeySecret'),
      prefixRoot: text('prefixRoot'),
      durationSeconds: duration === undefined ? undefined : Number(duration),
      allowGetObject: flag('allowGetObject'),
      staticDir: text('staticDir'),
      allowedOrigins: text('allowedOrigins')
        ?.split(',')
        .map((origin) => origin.trim()),
    }),
  }
  problems.push(...configProblems(config, variableOf))
  if (problems.length > 0) throw new ConfigError(problems)
  return config
}

function variableOf(field: keyof AppServerConfig): string {
  return VARIABLES[field] ?? field
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** Without the fields that are undefined: absent and undefined are two things to the type of the configuration. */
function present<T extends object>(fields: T): Present<T> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as Present<T>
}
