import type { SavedUpload, Uploader, UploadOptions, UploadTask } from '../index.js'
import { keepKey } from './claims.js'
import { type Choice, type Item, statusOf } from './item.js'
import type { ListHost } from './list-host.js'
import { isUselessFile, reasonOf } from './view-model.js'

interface Parts {
  readonly host: ListHost
  readonly watch: (item: Item, task: UploadTask) => void
  readonly drop: (...items: readonly Item[]) => void
  readonly changed: (item: Item) => void
  /** Uploads the item's file from the start. */
  readonly begin: (item: Item) => void
  /** Takes a file in the place of the item's. */
  readonly chooseAnew: (item: Item, choice: Choice) => void
  /** Whether its key is one of the uploader's. */
  readonly isOf: (item: Item, uploader: Uploader) => boolean
  /** Those of the list. */
  readonly items: () => readonly Item[]
}

/** Going on with what was begun: in an earlier visit, in another tab, or here before it failed. */
export function createSavedItems(parts: Parts) {
  const { host, watch, drop, changed, begin, chooseAnew, isOf, items } = parts

  /** One thing at a time; what goes wrong is said in the row. */
  async function busy(item: Item, work: () => Promise<void>): Promise<void> {
    if (item.isBusy) return
    item.isBusy = true
    item.problem = undefined
    changed(item)
    try {
      await work()
    } catch (error) {
      item.needsChoice = isUselessFile(error)
      hinder(item, error)
    } finally {
      item.isBusy = false
      changed(item)
    }
  }

  function hinder(item: Item, error: unknown): void {
    item.problem = (messages) => reasonOf(error, messages)
    host.hindered(item)
  }

  function resumeSaved(item: Item, file?: File): Promise<void> {
    return busy(item, async () => {
      const task = await item.saved?.resume(file)
      if (!task) return
      if (!item.isGone) watch(item, task)
      // Taken out of the list meanwhile; what another tab is at is that one's.
      else if (!item.isElsewhere) void task.cancel()
    })
  }

  /** With the record's own options, which it is known by. */
  function beginAgain(item: Item, file?: File): void {
    item.task = undefined
    item.state = undefined
    void resumeSaved(item, file)
  }

  /** @returns nothing where it cannot be known now. */
  function find(uploader: Uploader, prefix: string): Promise<SavedUpload[] | undefined> {
    return uploader.resumable({ prefix }).catch(() => undefined)
  }

  async function showElsewhere(items: readonly Item[]): Promise<void> {
    const elsewhere = items.filter(goesOnByItself)
    for (const item of elsewhere) item.isElsewhere = true
    await Promise.all(elsewhere.map((item) => resumeSaved(item)))
  }

  /** Another tab may be at what is unfinished by now, or done with it. */
  async function lookAgain(): Promise<void> {
    const uploader = host.uploader()
    // What other users of this browser have expired is theirs to abort.
    const prefix = host.prefix()
    const isLeft = (item: Item) =>
      statusOf(item) === 'saved' && !item.isBusy && item.saved?.key.startsWith(prefix)
    if (!uploader || !items().some(isLeft)) return
    const found = await find(uploader, prefix)
    if (!found) return
    const byId = new Map(found.map((upload) => [upload.id, upload]))
    const left = items().filter((item) => isLeft(item) && isOf(item, uploader))
    for (const item of left) item.saved = byId.get(item.saved?.id ?? '')
    const gone = left.filter(({ saved }) => !saved)
    // Another tab may have stored it.
    gone.forEach(keepKey)
    drop(...gone)
    await showElsewhere(left)
  }

  return {
    find,
    showElsewhere,
    lookAgain,

    async discard(item: Item): Promise<void> {
      await lookAgain()
      // It may be another tab's by now.
      if (statusOf(item) !== 'saved') return
      await busy(item, async () => {
        await item.saved?.discard()
        drop(item)
      })
    },

    resume(item: Item): void {
      // Another tab's before: who lets this one read the file means it for here.
      if (item.state?.waitingFor === 'permission') item.isElsewhere = false
      if (item.task) item.task.resume()
      else void resumeSaved(item)
    },

    retry(item: Item): void {
      if (item.saved && !item.options) beginAgain(item, item.choice?.file)
      else begin(item)
    },

    /** A file for an item that has none, or whose own is of no more use. */
    give(item: Item, choice: Choice): void {
      if (item.state?.status === 'failed' && item.options) {
        chooseAnew(item, choice)
        return
      }
      item.choice = choice
      item.isElsewhere = false
      if (item.state?.status === 'failed') beginAgain(item, choice.file)
      else if (item.task) {
        try {
          item.task.resume(choice.file)
          item.problem = undefined
        } catch (error) {
          item.choice = undefined
          hinder(item, error)
        }
        changed(item)
      } else void resumeSaved(item, choice.file)
    },
  }
}

/** Never that of a file chosen before. */
export function withHandle(
  { handle: _, ...options }: UploadOptions,
  { handle }: Choice,
): UploadOptions {
  return handle ? { ...options, handle } : options
}

function goesOnByItself({ saved }: Item): boolean {
  if (!saved) return false
  const isFinished = saved.loaded === saved.size && !saved.needsFile && saved.source === 'none'
  return isFinished || saved.runsIn !== undefined
}
