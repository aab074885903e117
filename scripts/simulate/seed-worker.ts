import { parentPort } from 'node:worker_threads'
import { type RunReport, simulate } from '../../src/simulation/simulation.js'

/** Runs the seeds it is sent, batch by batch, until it is sent nothing. */
export function serveSeeds(): void {
  parentPort?.on('message', (batch: readonly [number, number] | undefined) => {
    if (batch) void run(batch).then((reports) => parentPort?.postMessage(reports))
    else parentPort?.close()
  })
}

async function run([from, end]: readonly [number, number]): Promise<RunReport[]> {
  const reports: RunReport[] = []
  for (let seed = from; seed < end; seed++) reports.push(await simulate(seed))
  return reports
}
