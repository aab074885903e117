import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'

/** Set in the process that has a network of its own. */
const MARK = 'BENCH_OWN_NETWORK'
/** A loopback is all the benchmark needs; without another interface that is up, browsers say they are offline. */
const COMMAND = [
  'ip link set lo up',
  'ip link add name line0 type veth peer name line1',
  'ip address add 192.0.2.1/24 dev line0',
  'ip link set line0 up',
  'ip link set line1 up',
  'exec "$0" "$@"',
].join(' && ')

/**
 * Runs this very program once more in a network namespace of its own, where `limitBuffers` works and disturbs nobody. Linux only,
 * and not in every container.
 *
 * @returns its exit code; nothing where it cannot be had or is had already
 */
export async function rerunInOwnNetwork(): Promise<number | undefined> {
  if (process.env[MARK] || process.platform !== 'linux') return undefined
  if ((await run(['true'])) !== 0) return undefined
  return run([process.execPath, ...process.execArgv, ...process.argv.slice(1)])
}

function run(argv: readonly string[]): Promise<number> {
  const own = ['--user', '--map-current-user', '--keep-caps', '--net', 'sh', '-c', COMMAND]
  const child = spawn('unshare', [...own, ...argv], {
    stdio: argv.length === 1 ? 'ignore' : 'inherit',
    env: { ...process.env, [MARK]: '1' },
  })
  return new Promise((done) => {
    child.once('error', () => done(1))
    child.once('exit', (code) => done(code ?? 1))
  })
}

/**
 * Bounds what the system buffers of each connection on each of its two sides: Linux takes 4 MB from a browser ahead of the line,
 * and progress events count them as sent.
 *
 * @returns whether that is possible here
 */
export function limitBuffers(bytes: number): boolean {
  if (!process.env[MARK]) return false
  const least = Math.min(16 * 1024, bytes)
  for (const side of ['tcp_rmem', 'tcp_wmem']) {
    writeFileSync(`/proc/sys/net/ipv4/${side}`, `4096 ${least} ${Math.round(bytes)}`)
  }
  return true
}
