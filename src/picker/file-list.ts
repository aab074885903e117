import type { Uploader, UploadOptions, UploadResult, UploadTask } from '../index.js'
import { type Rules, refusal } from './admission.js'
import { freeKey } from './file-name.js'
import { type Choice, type Item, type Kind, kindOf, statusOf } from './item.js'
import { inSlices } from './slices.js'
import {
  type ActionOnAll,
  canPause,
  needsAnotherChoice,
  reasonOf,
  type Surroundings,
} from './view-model.js'

/**
 * Asked before a file is uploaded: `false` or a sentence refuses it, an object adds options (`key` renames it), anything else lets it
 * go as it is.
 */
export type BeforeUpload = (
  choice: Choice,
) => BeforeUploadAnswer | undefined | Promise<BeforeUploadAnswer | undefined>
/** What becomes of a file. */
export type BeforeUploadAnswer =
  | boolean
  | string
  | Partial<Omit<UploadOptions, 'handle' | 'signal'>>

export type Happening = 'start' | 'pause' | 'success' | 'error' | 'cancel' | 'reject'

/** The element, as the list sees it. */
export interface ListHost {
  readonly uploader: () => Uploader | undefined
  readonly rules: () => Rules
  readonly multiple: () => boolean
  readonly prefix: () => string
  readonly beforeUpload: () => BeforeUpload | undefined
  readonly surroundings: () => Surroundings
  /** Something of the item is to be shown anew. */
  readonly changed: (item?: Item) => void
  readonly happened: (happening: Happening, item: Item) => void
  /** What the app makes of a stored file: a link, a picture. */
  readonly stored: (item: Item, result: UploadResult) => void
}

/** The files of a picker, in the order they came, and what is done with them. */
export function createFileList(host: ListHost) {
  let items: Item[] = []
  const byKey = new Map<string, Item>()
  /** Until there is an uploader. */
  const waiting = new Set<Item>()
  /** Kept up to date, for the form: to count ten thousand files at every change takes too long. */
  const counts: Record<Kind, number> = { open: 0, stored: 0, failed: 0, other: 0 }
  let ids = 0

  function newItem(name: string, size: number, more: Partial<Item>): Item {
    return { id: ++ids, name, size, ...more }
  }

  function changed(item: Item): void {
    const kind = kindOf(item)
    if (item.kind !== kind && !item.isGone) {
      if (item.kind) counts[item.kind]--
      counts[kind]++
      item.kind = kind
    }
    host.changed(item)
  }

  async function add(choices: Iterable<Choice> | AsyncIterable<Choice>): Promise<number> {
    let added = 0
    let isFirst = true
    await inSlices(choices, (choice) => {
      if (isFirst && !host.multiple()) {
        for (const old of items) remove(old)
      }
      isFirst = false
      const { file } = choice
      const item = newItem(file.name, file.size, { choice })
      items.push(item)
      const { messages, format } = host.surroundings()
      const taken = counts.open + counts.stored + counts.failed
      const reason = refusal(file, host.rules(), taken, messages, format)
      if (reason) refuse(item, reason)
      else {
        added++
        void admit(item)
      }
      changed(item)
    })
    return added
  }

  function refuse(item: Item, reason: string): void {
    item.isRefused = true
    item.problem = reason
    host.happened('reject', item)
    changed(item)
  }

  async function admit(item: Item): Promise<void> {
    const { choice } = item
    if (!choice || item.isGone) return
    // What keys begin with may come with it.
    if (!host.uploader()) return void waiting.add(item)
    const { messages } = host.surroundings()
    const ask = host.beforeUpload()
    let answer: BeforeUploadAnswer | undefined
    try {
      if (ask) answer = await ask(choice)
    } catch (error) {
      // The application's fault to see; the file is not sent as if it had been allowed.
      queueMicrotask(() => {
        throw error
      })
      answer = false
    }
    if (item.isGone) return
    if (answer === false) return refuse(item, messages.refused)
    if (typeof answer === 'string') return refuse(item, answer)
    // Plain JavaScript may say null.
    const options = typeof answer === 'object' ? (answer ?? {}) : {}
    const key = freeKey(options.key ?? host.prefix() + choice.path, (key) => isUsed(byKey.get(key)))
    const before = byKey.get(key)
    // Chosen anew, an unfinished upload goes on as this one.
    if (before) drop(before)
    item.options = withHandle({ ...options, key }, choice)
    byKey.set(key, item)
    begin(item)
  }

  function begin(item: Item): void {
    if (item.isGone) return
    const uploader = host.uploader()
    const { choice, options } = item
    if (!uploader || !choice || !options) return
    try {
      item.problem = undefined
      watch(item, uploader.upload(choice.file, options))
      host.happened('start', item)
    } catch (error) {
      refuse(item, error instanceof Error ? error.message : String(error))
    }
  }

  function watch(item: Item, task: UploadTask): void {
    item.task = task
    task.subscribe((state) => {
      if (item.task !== task) return
      const before = item.state?.status
      item.state = state
      // It was about what it did before.
      if (state.status !== before) item.problem = undefined
      if (state.status === 'paused' && before !== 'paused') host.happened('pause', item)
      changed(item)
    })
    task.done.then(
      (result) => {
        if (item.task !== task) return
        item.result = result
        host.stored(item, result)
        host.happened('success', item)
      },
      () => {
        if (item.task === task) {
          host.happened(task.state.status === 'cancelled' ? 'cancel' : 'error', item)
        }
      },
    )
  }

  function remove(item: Item): void {
    drop(item)
    const isOver = ['succeeded', 'failed', 'cancelled'].includes(item.state?.status ?? '')
    if (item.task && !isOver) void item.task.cancel()
  }

  function drop(...gone: readonly Item[]): void {
    for (const item of gone) {
      if (item.isGone) continue
      item.isGone = true
      if (item.kind) counts[item.kind]--
      waiting.delete(item)
      const key = item.options?.key ?? item.saved?.key
      if (key !== undefined && byKey.get(key) === item) byKey.delete(key)
    }
    items = items.filter(({ isGone }) => !isGone)
    host.changed()
  }

  /** What an earlier visit left goes on top; what goes on in another tab is shown at once. */
  async function restore(uploader: Uploader): Promise<void> {
    const saved = await uploader.resumable({ prefix: host.prefix() }).catch(() => [])
    const found = saved.filter(({ key }) => !byKey.has(key))
    const restored = found.map((upload) => {
      const name = upload.name || upload.key
      const item = newItem(name, upload.size, { saved: upload })
      byKey.set(upload.key, item)
      return item
    })
    items = [...restored, ...items]
    for (const item of restored) changed(item)
    await Promise.all(restored.filter(goesOnByItself).map((item) => resumeSaved(item)))
  }

  async function resumeSaved(item: Item, file?: File): Promise<void> {
    try {
      const task = await item.saved?.resume(file)
      item.problem = undefined
      if (task) watch(item, task)
    } catch (error) {
      item.problem = reasonOf(error, host.surroundings().messages)
      changed(item)
    }
  }

  async function discard(item: Item): Promise<void> {
    try {
      await item.saved?.discard()
      drop(item)
    } catch (error) {
      item.problem = reasonOf(error, host.surroundings().messages)
      changed(item)
    }
  }

  /** A file for an item that has none, or whose own is of no more use. */
  function give(item: Item, choice: Choice): void {
    if (item.state?.status === 'failed') {
      item.choice = choice
      item.size = choice.file.size
      item.options = withHandle(item.options ?? { key: item.task?.key ?? '' }, choice)
      begin(item)
    } else if (item.task) {
      try {
        item.task.resume(choice.file)
        item.problem = undefined
      } catch (error) {
        item.problem = reasonOf(error, host.surroundings().messages)
      }
      changed(item)
    } else void resumeSaved(item, choice.file)
  }

  function resume(item: Item): void {
    if (item.task) item.task.resume()
    else void resumeSaved(item)
  }

  return {
    get items(): readonly Item[] {
      return items
    },
    counts: counts as Readonly<Record<Kind, number>>,
    add,
    give,
    resume,
    restore,
    retry: begin,
    /** Takes it out of the list; one that is not done is cancelled, one of an earlier visit discarded. */
    remove(item: Item): void {
      if (statusOf(item) === 'saved') void discard(item)
      else remove(item)
    },
    beginWaiting(): void {
      const all = [...waiting]
      waiting.clear()
      void inSlices(all, (item) => void admit(item))
    },
    all: {
      pauseAll: () => void inSlices(items.filter(canPause), ({ task }) => task?.pause()),
      resumeAll: () =>
        void inSlices(
          items.filter((item) => statusOf(item) === 'paused'),
          ({ task }) => task?.resume(),
        ),
      retryFailed: () => void inSlices(items.filter(canRetry), begin),
      clearDone: () => drop(...items.filter((item) => statusOf(item) === 'succeeded')),
    } satisfies Record<ActionOnAll, () => void>,
  }
}

/** Never that of a file chosen before. */
function withHandle({ handle: _, ...options }: UploadOptions, { handle }: Choice): UploadOptions {
  return handle ? { ...options, handle } : options
}

function canRetry(item: Item): boolean {
  return statusOf(item) === 'failed' && !needsAnotherChoice(item)
}

/** Whether a file of this key may be on its way, or has arrived. */
function isUsed(item: Item | undefined): boolean {
  return item !== undefined && !['refused', 'saved', 'failed', 'cancelled'].includes(statusOf(item))
}

function goesOnByItself({ saved }: Item): boolean {
  if (!saved) return false
  const isFinished = saved.loaded === saved.size && !saved.needsFile && saved.source === 'none'
  return isFinished || saved.runsIn !== undefined
}
