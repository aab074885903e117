import { setTimeout as sleep } from 'node:timers/promises'
import type { Send } from './cdp.js'
import type { Chromium } from './chromium.js'
import { cpuMsOf, privateBytesOf, renderersOf } from './processes.js'

/** Often enough for what an upload holds; each look costs tens of microseconds. */
const LOOK_EVERY_MS = 50
const ASK_EVERY_MS = 250
const LOAD_LIMIT_MS = 30_000

/** What an evaluation in the page cost the machine. */
export interface Cost {
  /** Milliseconds of CPU of all the browser's processes; `undefined` where there is no /proc. */
  readonly cpuMs: number | undefined
  /** Milliseconds the page's main thread has run tasks, those included in which it waited for a processor. */
  readonly mainMs: number
  /** Milliseconds of CPU it took for them. */
  readonly mainCpuMs: number
  /** The same on the way: at milliseconds since the epoch. */
  readonly mainCurve: readonly { readonly at: number; readonly mainMs: number }[]
  /** Bytes by which the renderer has grown, at most; `undefined` where there is no /proc. */
  readonly grownBytes: number | undefined
}

export interface Tab {
  readonly choose: (paths: readonly string[]) => Promise<void>
  /** The value of an expression; a promise is waited for. @throws what it throws, and when it takes longer than `limitMs`. */
  readonly evaluate: <T>(expression: string, limitMs: number) => Promise<T>
  /** The same, and what it cost. */
  readonly measure: <T>(
    expression: string,
    limitMs: number,
  ) => Promise<readonly [value: T, cost: Cost]>
  readonly close: () => Promise<void>
}

export async function openTab({ cdp, pid }: Chromium, url: string): Promise<Tab> {
  const browser = cdp.session()
  const others = new Set(renderersOf(pid))
  const { targetId } = await browser('Target.createTarget', { url })
  const { sessionId } = await browser('Target.attachToTarget', { targetId, flatten: true })
  const send = cdp.session(sessionId)
  await send('Performance.enable', { timeDomain: 'timeTicks' })
  // A session counts in one kind of time.
  const second = await browser('Target.attachToTarget', { targetId, flatten: true })
  const sendToo = cdp.session(second.sessionId)
  await sendToo('Performance.enable', { timeDomain: 'threadTicks' })
  await loaded(send)
  const renderers = renderersOf(pid).filter((renderer) => !others.has(renderer))

  const measure: Tab['measure'] = async (expression, limitMs) => {
    await send('HeapProfiler.collectGarbage')
    const memory = watchMemory(renderers)
    const main = await watchMain(send)
    const mainCpuBefore = await mainMs(sendToo)
    const cpuBefore = cpuMsOf(pid)
    try {
      const value = await evaluate(send, expression, limitMs)
      const cpuAfter = cpuMsOf(pid)
      const cpuMs =
        cpuBefore === undefined || cpuAfter === undefined ? undefined : cpuAfter - cpuBefore
      const mainCpuMs = (await mainMs(sendToo)) - mainCpuBefore
      const cost = { cpuMs, ...(await main.read()), mainCpuMs, grownBytes: memory.grownBytes() }
      return [value as never, cost]
    } finally {
      memory.stop()
      main.stop()
    }
  }

  return {
    async choose(files) {
      const { root } = await send('DOM.getDocument')
      const { nodeId } = await send('DOM.querySelector', { nodeId: root.nodeId, selector: 'input' })
      await send('DOM.setFileInputFiles', { nodeId, files: [...files] })
      await send('DOM.disable')
    },
    evaluate: (expression, limitMs) => evaluate(send, expression, limitMs),
    measure,
    async close() {
      await browser('Target.closeTarget', { targetId })
    },
  }
}

async function loaded(send: Send): Promise<void> {
  const until = Date.now() + LOAD_LIMIT_MS
  while (
    !(await evaluate(send, "document.readyState === 'complete' && 'bench' in window", 5_000))
  ) {
    if (Date.now() > until) throw new Error('The page did not load.')
    await sleep(20)
  }
}

async function evaluate<T>(send: Send, expression: string, limitMs: number): Promise<T> {
  const timeout = new AbortController()
  const late = sleep(limitMs, undefined, { signal: timeout.signal }).then(() => {
    throw new Error(`No end within ${limitMs / 1000} s: ${expression.slice(0, 120)}`)
  })
  late.catch(() => {})
  try {
    const call = send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })
    const { result, exceptionDetails: failure } = await Promise.race([call, late])
    if (failure) throw new Error(failure.exception?.description ?? failure.text)
    return result.value
  } finally {
    timeout.abort()
  }
}

async function mainMs(send: Send): Promise<number> {
  const { metrics } = await send('Performance.getMetrics')
  const seconds = metrics.find(({ name }) => name === 'TaskDuration')?.value
  if (seconds === undefined) throw new Error('This Chromium tells no TaskDuration.')
  return seconds * 1000
}

async function watchMain(send: Send) {
  const curve: { at: number; mainMs: number }[] = []
  const ask = async () => {
    const busyMs = await mainMs(send)
    curve.push({ at: performance.timeOrigin + performance.now(), mainMs: busyMs })
    return busyMs
  }
  const before = await ask()
  // A tab that is gone is found out by whoever waits for the upload.
  const timer = setInterval(() => void ask().catch(() => {}), ASK_EVERY_MS)
  return {
    read: async () => ({ mainMs: (await ask()) - before, mainCurve: curve }),
    stop: () => clearInterval(timer),
  }
}

function watchMemory(renderers: readonly number[]) {
  const look = () => renderers.reduce((sum, renderer) => sum + privateBytesOf(renderer), 0)
  const before = look()
  let most = before
  const timer = setInterval(() => {
    most = Math.max(most, look())
  }, LOOK_EVERY_MS)
  return {
    grownBytes: () => (renderers.length === 0 ? undefined : Math.max(most, look()) - before),
    stop: () => clearInterval(timer),
  }
}
