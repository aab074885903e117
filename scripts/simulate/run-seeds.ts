import { type RunReport, simulate } from '../../src/simulation/simulation.js'

/** Runs the seeds it is sent, from and up to, batch by batch, until whoever asks is gone. */
process.on('message', ([from, end]: readonly [number, number]) => {
  void run(from, end).then((reports) => process.send?.(reports))
})

// Ctrl-C reaches this process too; who asks for seeds sees to the end.
process.on('SIGINT', () => {})

async function run(from: number, end: number): Promise<RunReport[]> {
  const reports: RunReport[] = []
  for (let seed = from; seed < end; seed++) reports.push(await simulate(seed))
  return reports
}
