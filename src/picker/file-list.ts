import type { Uploader, UploadTask } from '../index.js'
import { refusal } from './admission.js'
import { freeKey } from './file-name.js'
import { type Choice, type Item, type Kind, kindOf, statusOf } from './item.js'
import type { BeforeUploadAnswer, ListHost } from './list-host.js'
import { createSavedItems, withHandle } from './saved-items.js'
import { inSlices } from './slices.js'
import { type ActionOnAll, canPause, isDone, needsAnotherChoice } from './view-model.js'

/** The files of a picker, in the order they came, and what is done with them. */
export function createFileList(host: ListHost) {
  let items: Item[] = []
  let admitting: Promise<void> = Promise.resolve()
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
      const { file } = choice
      const item = newItem(file.name, file.size, { choice })
      // Where there is one file only, the next takes its place, if it is taken.
      const replaces = isFirst && !host.multiple()
      isFirst = false
      const { messages, format } = host.surroundings()
      const taken = replaces ? 0 : counts.open + counts.stored + counts.failed
      const reason = refusal(file, host.rules(), taken, messages, format)
      if (replaces && !reason) removeOwn()
      items.push(item)
      if (reason) refuse(item, reason)
      else {
        added++
        admitInTurn(item)
      }
      changed(item)
    })
    return added
  }

  /** The application is asked about one at a time, and they are sent in the order of the list. */
  function admitInTurn(item: Item): void {
    if (host.beforeUpload())
      admitting = admitting.then(() => admit(item)).catch((error) => reportError(error))
    else void admit(item)
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
    const uploader = host.uploader()
    if (!uploader) return void waiting.add(item)
    const { messages } = host.surroundings()
    const ask = host.beforeUpload()
    let answer: BeforeUploadAnswer | undefined
    try {
      if (ask) answer = await ask(choice)
    } catch (error) {
      // The application's fault to see; the file is not sent as if it had been allowed.
      reportError(error)
      answer = false
    }
    if (item.isGone) return
    if (answer === false) return refuse(item, messages.refused)
    if (typeof answer === 'string') return refuse(item, answer)
    // Plain JavaScript may say null.
    const options = typeof answer === 'object' ? (answer ?? {}) : {}
    const claims = claimsOf(uploader)
    const wanted = options.key ?? host.prefix() + choice.path
    const key = freeKey(wanted, (key) => isUsed(claims.get(key), choice))
    const before = claims.get(key)
    // Chosen anew, an unfinished upload goes on as this one. Another picker's row is that one's.
    if (before && before !== 'stored' && items.includes(before)) drop(before)
    item.options = withHandle({ ...options, key }, choice)
    claims.set(key, item)
    begin(item)
  }

  function begin(item: Item): void {
    if (item.isGone || item.isHeld) return
    const uploader = host.uploader()
    const { choice, options } = item
    if (!uploader || !choice || !options) return
    try {
      item.problem = undefined
      watch(item, uploader.upload(choice.file, options))
      host.happened('start', item)
    } catch (error) {
      // What a developer has to see to; the user hears that it is not taken.
      reportError(error)
      refuse(item, host.surroundings().messages.refused)
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
        // Once stored, an object keeps its name, whatever becomes of its row.
        claim(item, 'stored')
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

  function pause(item: Item): void {
    if (item.task) {
      item.task.pause()
      return
    }
    item.isHeld = true
    host.happened('pause', item)
    changed(item)
  }

  function resume(item: Item): void {
    if (!item.isHeld) {
      saved.resume(item)
      return
    }
    item.isHeld = false
    changed(item)
    // Where it is still being asked about, it begins when that is answered.
    begin(item)
  }

  function remove(item: Item): void {
    drop(item)
    const isOver = ['succeeded', 'failed', 'cancelled'].includes(item.state?.status ?? '')
    if (item.task && !isOver) void item.task.cancel()
  }

  /** What was chosen here. What an earlier visit left, and what another tab is at, stays. */
  function removeOwn(): void {
    for (const item of items) if (!item.isElsewhere && statusOf(item) !== 'saved') remove(item)
  }

  function drop(...gone: readonly Item[]): void {
    for (const item of gone) {
      if (item.isGone) continue
      item.isGone = true
      if (item.kind) counts[item.kind]--
      waiting.delete(item)
      claim(item, undefined)
    }
    items = items.filter(({ isGone }) => !isGone)
    host.changed()
  }

  function claim(item: Item, as: 'stored' | undefined): void {
    const uploader = host.uploader()
    const key = item.options?.key ?? item.saved?.key
    if (!uploader || key === undefined || claimsOf(uploader).get(key) !== item) return
    if (as) claimsOf(uploader).set(key, as)
    else claimsOf(uploader).delete(key)
  }

  const saved = createSavedItems({ host, watch, drop, changed, begin })

  /** @returns whether it is known what an earlier visit left; that goes on top. */
  async function restore(uploader: Uploader): Promise<boolean> {
    const found = await saved.find(uploader, host.prefix())
    if (!found) return false
    const claims = claimsOf(uploader)
    const restored = found
      .filter(({ key }) => !claims.has(key))
      .map((upload) => {
        const item = newItem(upload.name || upload.key, upload.size, { saved: upload })
        claims.set(upload.key, item)
        return item
      })
    items = [...restored, ...items]
    for (const item of restored) changed(item)
    await saved.showElsewhere(restored)
    return true
  }

  return {
    get items(): readonly Item[] {
      return items
    },
    counts: counts as Readonly<Record<Kind, number>>,
    add,
    give: saved.give,
    pause,
    resume,
    restore,
    retry: saved.retry,
    /** Takes it out of the list; one that is not done is cancelled, one of an earlier visit discarded. */
    async remove(item: Item): Promise<void> {
      if (statusOf(item) === 'saved') await saved.discard(item)
      else remove(item)
    },
    /** As a form does. */
    reset: removeOwn,
    beginWaiting(): void {
      const all = [...waiting]
      waiting.clear()
      void inSlices(all, admitInTurn)
    },
    all: {
      pauseAll: () => void inSlices(items.filter(canPause), pause),
      resumeAll: () =>
        void inSlices(
          items.filter((item) => statusOf(item) === 'paused'),
          resume,
        ),
      retryFailed: () => void inSlices(items.filter(canRetry), saved.retry),
      clearDone: () => drop(...items.filter((item) => isDone(statusOf(item)))),
    } satisfies Record<ActionOnAll, () => void>,
  }
}

function canRetry(item: Item): boolean {
  return statusOf(item) === 'failed' && !needsAnotherChoice(item)
}

/** Who has a key: pickers that share an uploader must not overwrite one another's objects. */
const claimsByUploader = new WeakMap<Uploader, Map<string, Item | 'stored'>>()

function claimsOf(uploader: Uploader): Map<string, Item | 'stored'> {
  const claims = claimsByUploader.get(uploader) ?? new Map()
  claimsByUploader.set(uploader, claims)
  return claims
}

/** Whether a file of this key may be on its way, or has arrived. */
function isUsed(by: Item | 'stored' | undefined, { file }: Choice): boolean {
  if (by === undefined || by === 'stored') return by === 'stored'
  // One of another size is another file: what was begun of the first is not to be lost.
  if (statusOf(by) === 'saved') return by.size !== file.size
  return !['refused', 'failed', 'cancelled'].includes(statusOf(by))
}
