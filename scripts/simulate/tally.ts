import type { RunReport } from '../../src/simulation/simulation.js'

/** So that a run that is stopped has told where to look. */
const SHOWN_SEEDS = 5

/** Adds up what the runs have shown. */
export function createTally(first: number, runs: number) {
  const startMs = Date.now()
  const endings = new Map<string, number>()
  const met = new Map<string, number>()
  const failed: RunReport[] = []
  let done = 0
  let steps = 0

  function progress(): string {
    const seconds = (Date.now() - startMs) / 1000
    const speed = Math.round(done / seconds)
    const seeds = failed.slice(0, SHOWN_SEEDS).map(({ seed }) => ` ${seed}`)
    const which = failed.length > 0 ? `:${seeds.join('')}` : ''
    return `${done} of ${runs} runs in ${seconds.toFixed(0)} s (${speed} a second), ${failed.length} failed${which}`
  }

  return {
    add(report: RunReport): void {
      done++
      steps += report.steps
      count(endings, report.endings)
      count(met, report.met)
      if (report.problems.length > 0) failed.push(report)
    },
    progress,
    /** Seeds, lowest first. */
    failed: () => failed.map(({ seed }) => seed).sort((a, b) => a - b),
    summary(): string {
      return [
        `Seeds ${first} to ${first + done - 1}: ${progress()}; ${steps} steps`,
        'How uploads ended:',
        ...histogram(endings),
        'Faults met:',
        ...histogram(met),
        ...failed.map(({ seed, problems }) => `! seed ${seed}: ${problems.join(' | ')}`),
      ].join('\n')
    },
  }
}

function count(totals: Map<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [name, times] of Object.entries(more)) {
    totals.set(name, (totals.get(name) ?? 0) + times)
  }
}

function histogram(totals: ReadonlyMap<string, number>): string[] {
  const rows = [...totals].sort(([, a], [, b]) => b - a)
  return rows.map(([name, times]) => `${String(times).padStart(10)}  ${name}`)
}
