import { refuseOldNode } from './node-version.mjs'

refuseOldNode()
const { runTests } = await import('./run-tests.mjs')
process.exitCode = await runTests(process.argv.slice(2))
