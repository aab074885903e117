import { expect, test } from 'vitest'
import { readCommandLine } from './command-line.js'

const ARGS =
  '--port 9100 --bucket bkt --region oss-cn-hangzhou --access-key-id AK --access-key-secret SK --data D'

test('reads every option', () => {
  const extra = '--sts-port 9101 --cname a.com --cname b.com --allow-path-style --role-policy F'
  expect(readCommandLine(`${ARGS} ${extra}`.split(' '))).toEqual({
    port: 9100,
    stsPort: 9101,
    bucket: 'bkt',
    region: 'cn-hangzhou',
    accessKeyId: 'AK',
    accessKeySecret: 'SK',
    dataDir: 'D',
    cnames: ['a.com', 'b.com'],
    allowPathStyle: true,
    rolePolicyFile: 'F',
  })
})

test.each([
  [ARGS.replace('--bucket bkt ', ''), '--bucket is missing'],
  [ARGS.replace('9100', '70000'), '--port must be a port'],
  [ARGS.replace('bkt', 'B_T'), '--bucket must be'],
  [`${ARGS} --unknown`, "Unknown option '--unknown'"],
  [`${ARGS} extra`, 'extra'],
])('refuses %s', (args, message) => {
  expect(() => readCommandLine(args.split(' '))).toThrow(message)
})
