import { isUpToDate, writeFaultsPage } from './fault-table.js'

if (!process.argv.includes('--check')) writeFaultsPage()
else if (!isUpToDate()) {
  console.error('docs/faults.md is not what the tables say: run `npm run faults:docs`.')
  process.exitCode = 1
}
