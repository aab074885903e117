import { existsSync } from 'node:fs'
import { isIP } from 'node:net'
import type { AppServerConfig } from './app-server-config.js'

/** The configuration cannot work. Lists every reason, not only the first. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(`The app server cannot start:\n${problems.map((problem) => `- ${problem}`).join('\n')}`)
    this.problems = problems
  }
}

const ADDRESSINGS: readonly string[] = ['virtual-hosted', 'cname', 'path']
const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '::1', '[::1]']

export function isLoopback(hostname: string): boolean {
  return LOOPBACK_NAMES.includes(hostname) || hostname.endsWith('.localhost')
}

/** Ids end up in keys and policies, where `*`, `?` and `/` would widen the grant. */
const USER_ID = /^[A-Za-z0-9_-]{1,64}$/

type NameOf = (field: keyof AppServerConfig) => string

/** Why a configuration cannot work, in words that name its fields as the reader knows them. */
export function configProblems(config: AppServerConfig, name: NameOf = (field) => field): string[] {
  return [
    ...valueProblems(config, name),
    ...addressProblems(config, name),
    ...doorProblems(config, name),
  ]
}

function valueProblems(config: AppServerConfig, name: NameOf): string[] {
  const { port, region, bucket, roleArn, accessKeyId, accessKeySecret } = config
  const { prefixRoot = '', durationSeconds = 900, addressing = 'virtual-hosted' } = config
  const { staticDir, user } = config
  return reasons([
    [Number.isInteger(port) && port >= 0 && port <= 65_535, `${name('port')} must be 0 to 65535`],
    [
      /^[a-z0-9-]+$/.test(region),
      `${name('region')} must be a region like cn-hangzhou; ${seen(region)}`,
    ],
    [
      /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(bucket),
      `${name('bucket')} must be 3 to 63 of a-z, 0-9 and -, without - at the ends; ${seen(bucket)}`,
    ],
    [
      /^acs:ram::\d+:role\/[\w.@-]+$/.test(roleArn),
      `${name('roleArn')} must look like acs:ram::1234567890123456:role/name; ${seen(roleArn)}`,
    ],
    [
      (accessKeyId === undefined) === (accessKeySecret === undefined),
      `${name('accessKeyId')} and ${name('accessKeySecret')} must be given together`,
    ],
    [
      /^([\w-][\w.-]*\/)*$/.test(prefixRoot) && prefixRoot.length <= 256,
      `${name('prefixRoot')} must be empty or folders of letters, digits, _ . - each ending in /`,
    ],
    [
      Number.isInteger(durationSeconds) && durationSeconds >= 900 && durationSeconds <= 43_200,
      `${name('durationSeconds')} must be 900 to 43200`,
    ],
    [
      ADDRESSINGS.includes(addressing),
      `${name('addressing')} must be one of ${ADDRESSINGS.join(', ')}; ${seen(addressing)}`,
    ],
    [
      staticDir === undefined || existsSync(staticDir),
      `${name('staticDir')} ${staticDir} does not exist: is the page built?`,
    ],
    [user === undefined || USER_ID.test(user), `${name('user')} must match ${USER_ID.source}`],
  ])
}

function addressProblems(config: AppServerConfig, name: NameOf): string[] {
  const { ossEndpoint, stsEndpoint, addressing = 'virtual-hosted', publicUrl } = config
  const oss = originOf(ossEndpoint)
  const sts = originOf(stsEndpoint)
  const isVendors = oss?.hostname.endsWith('.aliyuncs.com') ?? false
  const isPublicHttps = originOf(publicUrl)?.protocol === 'https:'
  return reasons([
    [ossEndpoint === undefined || oss, `${name('ossEndpoint')} must be a URL without a path`],
    [stsEndpoint === undefined || sts, `${name('stsEndpoint')} must be a URL without a path`],
    [
      addressing === 'virtual-hosted' || ossEndpoint !== undefined,
      `${name('addressing')} "${addressing}" needs ${name('ossEndpoint')}`,
    ],
    [
      addressing !== 'path' || !isVendors,
      `${name('addressing')} "path" is refused by ${name('ossEndpoint')} ${ossEndpoint}`,
    ],
    [
      addressing !== 'virtual-hosted' || !oss || !isIP(oss.hostname.replace(/^\[|\]$/g, '')),
      `${name('ossEndpoint')} is an IP address, so ${name('addressing')} must be "path" or "cname"`,
    ],
    [
      !oss?.hostname.endsWith('-internal.aliyuncs.com'),
      `${name('ossEndpoint')} is internal: no browser can reach ${ossEndpoint}`,
    ],
    [
      !isPublicHttps || oss?.protocol !== 'http:' || isLoopback(oss.hostname),
      `${name('publicUrl')} is https, so browsers would block ${name('ossEndpoint')} over http`,
    ],
    [
      !sts || sts.protocol === 'https:' || isLoopback(sts.hostname),
      `${name('stsEndpoint')} must be https: its answers hold secrets`,
    ],
  ])
}

function doorProblems(config: AppServerConfig, name: NameOf): string[] {
  const { host, allowNonLoopback, publicUrl, allowedOrigins = [] } = config
  const isExposed = host !== undefined && !isLoopback(host)
  return reasons([
    [
      !isExposed || allowNonLoopback,
      `${name('host')} ${host} can be reached by others, who could then upload without signing in; ` +
        `set ${name('allowNonLoopback')} if that is meant`,
    ],
    [
      !isExposed || publicUrl !== undefined,
      `${name('host')} ${host} needs ${name('publicUrl')}: whose pages are our own?`,
    ],
    [
      publicUrl === undefined || originOf(publicUrl),
      `${name('publicUrl')} must be a URL without a path`,
    ],
    ...allowedOrigins.map(
      (origin): Rule => [
        originOf(origin)?.origin === origin,
        `${name('allowedOrigins')} must hold exact origins like https://app.example.com, not ${origin}`,
      ],
    ),
  ])
}

function seen(value: string): string {
  return value === '' ? 'it is missing' : `it is "${value}"`
}

type Rule = readonly [isKept: unknown, reason: string]

function reasons(rules: readonly Rule[]): string[] {
  return rules.flatMap(([isKept, reason]) => (isKept ? [] : [reason]))
}

/** The URL, if it is one of http or https and names nothing but a server. */
function originOf(text: string | undefined): URL | undefined {
  if (text === undefined || !URL.canParse(text)) return undefined
  const url = new URL(text)
  const isServer = /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`
  return isServer ? url : undefined
}
