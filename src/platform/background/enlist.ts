import type { Background, EnlistedUpload } from '../../environment.js'
import { openBroadcastChannel } from '../broadcast-channel.js'
import { webLocks } from '../web-locks.js'
import { workerUrl } from '../worker-urls.js'
import {
  type BackgroundMessage,
  plainSettings,
  sealBackgroundMessage,
  WORKER_NAME,
} from './messages.js'

/** The same on all pages: the browser refuses a page whose options differ from those the worker was started with. */
const OPTIONS = { type: 'module', name: 'oss-direct-upload', extendedLifetime: true } as const

/** Held, because a worker that no page holds on to may be ended. */
let worker: SharedWorker | undefined
let isRefused = false
let isListening = false
let enlistments = 0

/**
 * The worker that outlives the page, of a browser that has one. The first upload starts it; every other page connects
 * to it. Where the page's policy refuses it, or its file is not there, uploads end with their page.
 *
 * @param settings - What the uploader was made with.
 * @param credentialsUrl - Absolute, of this origin, opened by cookies alone.
 */
export function createBackground(settings: object, credentialsUrl: string): Background {
  stayConnected()
  const plain = plainSettings(settings)
  return {
    enlist({ file, ...rest }) {
      const port = connect()
      if (!port || !file) return () => {}
      const enlistment = ++enlistments
      const upload = { ...rest, file, options: cloneable(rest.options) }
      post(port, { type: 'enlist', enlistment, settings: plain, credentialsUrl, upload })
      return () => post(port, { type: 'withdraw', enlistment })
    },
  }
}

/** Chromium ends a worker about 300 s after the last page that is connected to it, whatever other pages are open. */
function stayConnected(): void {
  if (isListening) return
  isListening = true
  openBroadcastChannel(WORKER_NAME, connect)
  webLocks.isHeld(WORKER_NAME).then(
    (isRunning) => isRunning && connect(),
    () => {},
  )
}

function connect(): MessagePort | undefined {
  if (isRefused) return undefined
  try {
    worker ??= startWorker()
  } catch {
    isRefused = true
  }
  return worker?.port
}

/** @throws where the page's policy refuses it. */
function startWorker(): SharedWorker {
  const started = new SharedWorker(workerUrl('background'), OPTIONS)
  // Forbidden by the page's policy, not where it should be, or running with other options.
  started.onerror = () => {
    isRefused = true
    worker = undefined
  }
  return started
}

function post(port: MessagePort, message: BackgroundMessage): void {
  try {
    port.postMessage(sealBackgroundMessage(message))
  } catch {
    // What cannot be cloned stays in the page.
  }
}

/** The browser's own handles can be cloned; one that the application made up cannot. */
function cloneable({ handle, ...options }: EnlistedUpload['options']): EnlistedUpload['options'] {
  const isBrowsers =
    typeof FileSystemFileHandle === 'function' && handle instanceof FileSystemFileHandle
  return isBrowsers ? { ...options, handle } : options
}
