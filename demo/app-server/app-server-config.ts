import type { FaultSource } from '../oss-server/faults.js'

/** How the browser addresses the bucket. */
export type Addressing = 'virtual-hosted' | 'cname' | 'path'

export interface AppServerConfig {
  /** 0: any free port. */
  port: number
  /** Address to listen on. @defaultValue the loopback addresses */
  host?: string
  /** Must be true for a `host` others can reach: whoever opens the page may then upload. */
  allowNonLoopback?: boolean
  /** Where users find this server when a proxy stands in front of it. https makes the session cookie `Secure`. */
  publicUrl?: string
  /** `cn-hangzhou` */
  region: string
  bucket: string
  /** Browser-facing, without the bucket: `http://localhost:9100`. @defaultValue the region's public endpoint */
  ossEndpoint?: string
  addressing?: Addressing
  /** @defaultValue the STS of the region */
  stsEndpoint?: string
  /** `acs:ram::<account>:role/<name>` */
  roleArn: string
  /** Of the RAM user that may assume the role. Absent: the vendor's default chain finds credentials. */
  accessKeyId?: string
  accessKeySecret?: string
  /** What every key begins with, before the user. @defaultValue 'u/' */
  prefixRoot?: string
  /** Life of a grant. @defaultValue 900 */
  durationSeconds?: number
  /** Whether the page may read its own objects back. @defaultValue true */
  allowGetObject?: boolean
  /** The built page. */
  staticDir?: string
  /** Other origins whose pages may ask for grants. */
  allowedOrigins?: string[]
  /** Takes every caller for this user; no cookies then. */
  user?: string
  /** Milliseconds since the epoch. */
  now?: () => number
  /** Trouble made on purpose on the way to credentials, for tests. Only `beforeAuth` and `response` are passed. */
  faults?: FaultSource
}
