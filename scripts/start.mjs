import { refuseOldNode } from './node-version.mjs'

refuseOldNode()
const { start } = await import('./start-demo.mjs')
await start(process.argv.slice(2))
