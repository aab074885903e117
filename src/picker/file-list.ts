import type { Uploader } from '../index.js'
import { refusal, tooMany } from './admission.js'
import { createClaims, release } from './claims.js'
import { type Choice, type Item, isActive, type Kind, kindOf, statusOf } from './item.js'
import type { BeforeUploadAnswer, ListHost } from './list-host.js'
import type { Sentence } from './messages.js'
import { createSavedItems, withHandle } from './saved-items.js'
import { inSlices } from './slices.js'
import { type ActionOnAll, canPause, canRetry, isDone } from './view-model.js'
import { createWatch, leave } from './watch.js'

/** The files of a picker, in the order they came, and what is done with them. */
export function createFileList(host: ListHost) {
  let items: Item[] = []
  let admitting: Promise<void> = Promise.resolve()
  /** Until there is an uploader. */
  const waiting = new Set<Item>()
  /** Kept up to date, for the form: to count ten thousand files at every change takes too long. */
  const counts: Record<Kind, number> = { open: 0, stored: 0, failed: 0, other: 0 }
  let ids = 0
  /** Reset since: what is still being read of a folder belongs to what is gone. */
  let resets = 0
  const owner = {
    isShown: host.isShown,
    letGo(item: Item) {
      item.task = undefined
      drop(item)
    },
  }
  const claims = createClaims(owner)
  const watch = createWatch(host, changed)

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
    const before = resets
    let added = 0
    const addOne = (choice: Choice) => {
      // Where there is one file only, the next takes its place, if it is taken.
      const replaces = added === 0 && !host.multiple()
      const item = newItem(choice.file.name, choice.file.size, { choice })
      const failed = claims.failed(host.uploader(), host.prefix() + choice.path)
      const reason = refusalOf(choice, replaces, failed)
      if (replaces && !reason) removeOwn()
      items.push(item)
      if (reason) refuse(item, reason)
      else {
        added++
        admitInTurn(item)
      }
      changed(item)
    }
    await inSlices(choices, addOne, () => resets !== before)
    return added
  }

  /** @param replaced - It gives up its place. */
  function refusalOf(choice: Choice, replaces: boolean, replaced?: Item): Sentence | undefined {
    const others = replaces ? 0 : taken() - (replaced ? 1 : 0)
    return refusal(choice, host.rules(), others)
  }

  /** The application is asked about one at a time, and they are sent in the order of the list. */
  function admitInTurn(item: Item): void {
    if (host.beforeUpload())
      admitting = admitting.then(() => admit(item)).catch((error) => reportError(error))
    else void admit(item)
  }

  function refuse(item: Item, reason: Sentence): void {
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
    const ask = host.beforeUpload()
    let answer: BeforeUploadAnswer | undefined
    try {
      // Where it never answers, the files after it wait no longer than the row is there.
      if (ask) answer = await Promise.race([ask(choice), gone(item)])
    } catch (error) {
      // The application's fault to see; the file is not sent as if it had been allowed.
      reportError(error)
      answer = false
    }
    if (item.isGone) return
    if (answer === false || typeof answer === 'string')
      return refuse(item, answer ? () => answer : refused)
    // Plain JavaScript may say null.
    const options = typeof answer === 'object' ? (answer ?? {}) : {}
    item.options = withHandle(
      { ...options, key: options.key ?? host.prefix() + choice.path },
      choice,
    )
    begin(item)
  }

  function begin(item: Item): void {
    if (item.isGone || item.isHeld) return
    const uploader = host.uploader()
    const { choice, options } = item
    if (!uploader || !choice || !options) return
    try {
      // Also for another try: somebody else may have it by now.
      const { key, before } = claims.take(item, uploader, options.key)
      // Chosen anew, an unfinished upload goes on as this one. Another picker's row is that one's.
      if (before?.claim?.owner === owner) drop(before)
      item.options = { ...options, key }
      item.problem = undefined
      watch(item, uploader.upload(choice.file, item.options))
      host.happened('start', item)
    } catch (error) {
      // What a developer has to see to; the user hears that it is not taken.
      reportError(error)
      refuse(item, refused)
    }
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
      if (hasRoomFor(item)) saved.resume(item)
      return
    }
    item.isHeld = false
    changed(item)
    // Where it is still being asked about, it begins when that is answered.
    begin(item)
  }

  function remove(...gone: readonly Item[]): void {
    drop(...gone)
    for (const item of gone) {
      if (!item.task || !isActive(item)) continue
      if (item.state?.runsIn === 'other-tab') leave(item, item.task)
      else void item.task.cancel()
    }
  }

  /** What was chosen here. What an earlier visit left, and what another tab is at, stays. */
  function removeOwn(): void {
    remove(...items.filter((item) => !item.isElsewhere && statusOf(item) !== 'saved'))
  }

  function drop(...gone: readonly Item[]): void {
    for (const item of gone) {
      if (item.isGone) continue
      item.isGone = true
      if (item.kind) counts[item.kind]--
      waiting.delete(item)
      release(item)
      item.onGone?.()
    }
    items = items.filter(({ isGone }) => !isGone)
    host.changed()
  }

  /** What an earlier visit left counts among the files once it goes on. */
  function hasRoomFor(item: Item): boolean {
    const { maxFiles } = host.rules()
    if (statusOf(item) !== 'saved' || taken() < maxFiles) return true
    hinder(item, tooMany(maxFiles))
    return false
  }

  const taken = () => counts.open + counts.stored + counts.failed

  function hinder(item: Item, problem: Sentence): void {
    item.problem = problem
    host.hindered(item)
    changed(item)
  }

  /** In the place of one whose own file is of no more use: by the same rules as any other. */
  function chooseAnew(item: Item, choice: Choice): void {
    const reason = refusalOf(choice, false, item)
    if (reason) {
      hinder(item, reason)
      return
    }
    const fresh = newItem(choice.file.name, choice.file.size, { choice })
    items = items.map((each) => (each === item ? fresh : each))
    drop(item)
    admitInTurn(fresh)
    changed(fresh)
  }

  const saved = createSavedItems({
    ...{ host, watch, drop, changed, begin, chooseAnew },
    isOf: claims.isOf,
    items: () => items,
  })

  /** @returns whether it is known what an earlier visit left; that goes on top. */
  async function restore(uploader: Uploader): Promise<boolean> {
    const adopted = claims.abandoned(uploader).map(adopt)
    items = [...adopted, ...items]
    for (const item of adopted) changed(item)
    const found = await saved.find(uploader, host.prefix())
    if (!found) return false
    const restored = found.flatMap((upload) => {
      const item = newItem(upload.name || upload.key, upload.size, { saved: upload })
      return claims.takeFree(item, uploader, upload.key) ? [item] : []
    })
    items = [...restored, ...items]
    for (const item of restored) changed(item)
    await saved.showElsewhere(restored)
    return true
  }

  /** Of a picker that is no longer in the page. */
  function adopt(other: Item): Item {
    const { name, size, choice, options, saved, task, state } = other
    const { isHeld = false, isElsewhere = false } = other
    const { owner: before, claims: all, key } = other.claim ?? {}
    before?.letGo(other)
    const item = newItem(name, size, { choice, options, saved, state, isHeld, isElsewhere })
    if (all && key !== undefined) {
      all.set(key, item)
      item.claim = { claims: all, key, owner }
    }
    if (task) watch(item, task)
    return item
  }

  return {
    get items(): readonly Item[] {
      return items
    },
    counts: counts as Readonly<Record<Kind, number>>,
    add,
    give(item: Item, choice: Choice): void {
      if (hasRoomFor(item)) saved.give(item, choice)
    },
    pause,
    resume,
    restore,
    lookAgain: saved.lookAgain,
    retry: saved.retry,
    /** Takes it out of the list; what is under way here is cancelled, what an earlier visit left discarded. */
    async remove(item: Item): Promise<void> {
      if (statusOf(item) === 'saved') await saved.discard(item)
      else remove(item)
    },
    /** As a form does. */
    reset(): void {
      resets++
      removeOwn()
    },
    beginWaiting(): void {
      const all = [...waiting]
      waiting.clear()
      void inSlices(all, admitInTurn)
    },
    all: {
      pauseAll: () => void inSlices(items.filter(canPause), pause),
      resumeAll: () => void inSlices(items.filter(isPaused), resume),
      retryFailed: () => void inSlices(items.filter(canRetry), saved.retry),
      clearDone: () => drop(...items.filter((item) => isDone(statusOf(item)))),
    } satisfies Record<ActionOnAll, () => void>,
  }
}

const isPaused = (item: Item): boolean => statusOf(item) === 'paused'

const refused: Sentence = (messages) => messages.refused

function gone(item: Item): Promise<undefined> {
  return new Promise((resolve) => {
    item.onGone = () => resolve(undefined)
  })
}
