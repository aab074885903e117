import { existsSync } from 'node:fs'
import { readConfig } from './config.js'
import { startAppServer } from './server.js'

if (existsSync('.env')) process.loadEnvFile('.env')

try {
  const server = await startAppServer(readConfig(process.env))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void server.close().then(() => process.exit(0)))
  }
  console.log(`The app server is at ${server.url}`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
