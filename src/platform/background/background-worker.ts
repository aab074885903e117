import { createPage, type EngineOptions } from '../../uploader.js'
import type { UploadOptions } from '../../uploader-options.js'
import { createWholeEngine } from '../../whole-uploader.js'
import { openBroadcastChannel } from '../broadcast-channel.js'
import { webLocks } from '../web-locks.js'
import { type Enlist, readBackgroundMessage, WORKER_NAME } from './messages.js'
import { workerEnvironment } from './worker-environment.js'

/** The one name of a SharedWorker's scope that is used, so that the DOM's types can serve the rest of the project. */
interface WorkerScope {
  onconnect: ((event: MessageEvent) => void) | null
}

const scope = self as unknown as WorkerScope
/** One for each way uploaders are made, so that its uploads share connections and credentials as in a page. */
type Engines = Map<string, Engine>

interface Engine extends ReturnType<typeof createWholeEngine> {
  /** Of what is under way. */
  readonly keys: Set<string>
}

const page = createPage()

void webLocks.hold(WORKER_NAME, new AbortController().signal)
openBroadcastChannel(WORKER_NAME, () => {}).post('started')

/** A page has come. When it goes, what it enlisted stays. Another page may be another user's: it shares no credentials. */
scope.onconnect = ({ ports: [port] }) => {
  const withdrawals = new Map<number, AbortController>()
  const engines: Engines = new Map()
  if (!port) return
  port.onmessage = ({ data }) => {
    const message = readBackgroundMessage(data)
    if (message?.type === 'withdraw') withdrawals.get(message.enlistment)?.abort()
    if (message?.type !== 'enlist') return
    const withdrawal = new AbortController()
    withdrawals.set(message.enlistment, withdrawal)
    void enlist(engines, message, withdrawal.signal).finally(() =>
      withdrawals.delete(message.enlistment),
    )
  }
}

/** The page that enlists holds the upload: the task made here mirrors it, and goes on with it when the page is gone. */
async function enlist(engines: Engines, message: Enlist, withdrawal: AbortSignal): Promise<void> {
  const { file, name, options, mustResume } = message.upload
  const { start, keys } = engineOf(engines, message)
  const { key } = options as UploadOptions
  if (keys.has(key)) return
  keys.add(key)
  const task = start({
    file,
    size: file.size,
    name,
    // As the page has checked them.
    options: options as UploadOptions,
    mustResume,
    withdrawal,
  })
  // Nobody is here to hear of it: it is told to the pages that look, or stays on record.
  await task.done.catch(() => {}).finally(() => keys.delete(key))
}

function engineOf(engines: Engines, { settings, credentialsUrl }: Enlist): Engine {
  const name = JSON.stringify([credentialsUrl, settings])
  const known = engines.get(name)
  if (known) return known
  const environment = workerEnvironment(credentialsUrl)
  const engine = {
    ...createWholeEngine(environment, settings as EngineOptions, page),
    keys: new Set<string>(),
  }
  engines.set(name, engine)
  return engine
}
