import { parseArgs } from 'node:util'
import { isBucketName } from './addressing.js'

export const USAGE =
  'Usage: npm run oss-server -- --port PORT --bucket BUCKET --region REGION --access-key-id ID ' +
  '--access-key-secret SECRET --data DIR [--sts-port PORT] [--cname HOST]... ' +
  '[--allow-path-style] [--role-policy FILE]'

export interface CommandLine {
  port: number
  stsPort: number
  bucket: string
  region: string
  accessKeyId: string
  accessKeySecret: string
  dataDir: string
  cnames: string[]
  allowPathStyle: boolean
  rolePolicyFile: string | undefined
}

/** @throws Error that says which option is missing, unknown or wrong. */
export function readCommandLine(args: string[]): CommandLine {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string' },
      'sts-port': { type: 'string' },
      bucket: { type: 'string' },
      region: { type: 'string' },
      'access-key-id': { type: 'string' },
      'access-key-secret': { type: 'string' },
      data: { type: 'string' },
      cname: { type: 'string', multiple: true },
      'allow-path-style': { type: 'boolean' },
      'role-policy': { type: 'string' },
    },
  })
  const bucket = required('bucket', values.bucket)
  if (!isBucketName(bucket)) {
    throw new Error('--bucket must be 3 to 63 lower-case letters, digits and hyphens')
  }
  return {
    port: portOf('port', required('port', values.port)),
    stsPort: portOf('sts-port', values['sts-port'] ?? '0'),
    bucket,
    region: required('region', values.region).replace(/^oss-/, ''),
    accessKeyId: required('access-key-id', values['access-key-id']),
    accessKeySecret: required('access-key-secret', values['access-key-secret']),
    dataDir: required('data', values.data),
    cnames: values.cname ?? [],
    allowPathStyle: values['allow-path-style'] ?? false,
    rolePolicyFile: values['role-policy'],
  }
}

function required(name: string, value: string | undefined): string {
  if (!value) throw new Error(`--${name} is missing`)
  return value
}

function portOf(name: string, value: string): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : -1
  if (port < 0 || port > 65_535) throw new Error(`--${name} must be a port, 0 to 65535`)
  return port
}
