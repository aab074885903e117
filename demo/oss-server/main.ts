import { readFile } from 'node:fs/promises'
import { type CommandLine, readCommandLine, USAGE } from './command-line.js'
import { parsePolicy } from './policy.js'
import { type OssServer, startOssServer } from './server.js'

let commandLine: CommandLine
try {
  commandLine = readCommandLine(process.argv.slice(2))
} catch (error) {
  console.error(`${messageOf(error)}\n${USAGE}`)
  process.exit(2)
}

try {
  const server = await start(commandLine)
  const { endpoint, stsEndpoint, bucket, region } = server
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void server.close().then(() => process.exit(0)))
  }
  console.log(JSON.stringify({ endpoint, stsEndpoint, bucket, region }))
} catch (error) {
  console.error(`The local OSS server cannot start: ${messageOf(error)}`)
  process.exit(1)
}

async function start({ rolePolicyFile, ...options }: CommandLine): Promise<OssServer> {
  if (rolePolicyFile === undefined) return startOssServer(options)
  const rolePolicy = parsePolicy(await readFile(rolePolicyFile, 'utf8'))
  return startOssServer({ ...options, rolePolicy })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
