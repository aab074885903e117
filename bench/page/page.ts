import type { Job, Run } from './client.js'
import type { Pause } from './clients/library.js'

declare global {
  interface Window {
    readonly bench: {
      /** Fetches a client's code. */
      readonly load: (client: ClientName) => Promise<void>
      /** What a page does before a file is chosen, with the client loaded last. */
      readonly prepare: (job: Job) => Promise<void>
      /** Uploads the chosen files with the client loaded last. */
      readonly run: (job: Job) => Promise<PageSample>
      /** Uploads the chosen file with this library, pausing on the way. */
      readonly pause: (job: Job, pauseMs: number) => Promise<Pause>
    }
  }
}

/** What only the page knows. */
export interface PageSample {
  /** Milliseconds since the epoch. */
  readonly beganAt: number
  readonly wallMs: number
  /** Milliseconds of each task of the main thread over 50 ms. */
  readonly longTasks: readonly number[]
}

interface Client {
  readonly run: Run
  readonly prepare?: (job: Job) => Promise<void>
}

const clients = {
  bare: () => import('./clients/bare.js'),
  library: () => import('./clients/library.js'),
  'ali-oss': () => import('./clients/ali-oss.js'),
  uppy: () => import('./clients/uppy.js'),
  cos: () => import('./clients/cos.js'),
} satisfies Record<string, () => Promise<Client>>

export type ClientName = keyof typeof clients

let loaded: Client | undefined

async function load(client: ClientName): Promise<void> {
  loaded = await clients[client]()
}

async function prepare(job: Job): Promise<void> {
  await loaded?.prepare?.(job)
}

async function run(job: Job): Promise<PageSample> {
  if (!loaded) throw new Error('No client was loaded.')
  const longTasks: number[] = []
  const note = (entries: PerformanceEntryList) =>
    longTasks.push(...entries.map(({ duration }) => duration))
  const observer = new PerformanceObserver((list) => note(list.getEntries()))
  observer.observe({ type: 'longtask' })

  const start = performance.now()
  await loaded.run(chosenFiles(), job)
  const wallMs = performance.now() - start

  // The task that ended it is over, and counted, only in the next one.
  await new Promise((resolve) => setTimeout(resolve))
  note(observer.takeRecords())
  observer.disconnect()
  return { beganAt: performance.timeOrigin + start, wallMs, longTasks }
}

async function pause(job: Job, pauseMs: number): Promise<Pause> {
  const [file] = chosenFiles()
  if (!file) throw new Error('No file was chosen.')
  const { pauseAndResume } = await clients.library()
  return pauseAndResume(file, job, pauseMs)
}

function chosenFiles(): File[] {
  return [...(document.querySelector('input')?.files ?? [])]
}

Object.assign(window, { bench: { load, prepare, run, pause } })
