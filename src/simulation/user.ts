import type { EnlistedUpload } from '../environment.js'
import { isOssUploadError } from '../errors.js'
import type { Chance } from './chance.js'
import { type ObservedTask, observe } from './observed-task.js'
import { type Scenario, type Variant, variantOf, type Wish } from './scenario.js'
import { type SimulatedFile, simulated } from './simulated-file.js'
import { type Browser, openTab, type Tab } from './tab.js'
import type { World } from './world.js'

type Saved = Awaited<ReturnType<Tab['engine']['uploader']['resumable']>>[number]

const VARIANTS = ['same', 'same', 'same', 'touched', 'edited', 'other'] as const

/** What a user does: chooses files, presses buttons, closes pages and comes back. */
export function createUser(world: World, browser: Browser, scenario: Scenario) {
  const { witness, log, clock } = world
  const chance: Chance = world.chance.user
  const pages: Tab[] = []
  const tasks: ObservedTask[] = []
  const wishes = new Map(scenario.wishes.map((wish) => [wish.key, wish]))
  /** How often the user asked for each key to be uploaded. */
  const asked = new Map<string, number>()
  const chosen = new Map<string, SimulatedFile[]>()
  let opened = 0

  const alive = () => pages.filter(({ life }) => !life.isDead())
  const unfinished = () => tasks.filter(({ ending, tab }) => !ending && !tab.life.isDead())
  const oneOf = <T>(items: readonly T[]): T | undefined => items[chance.below(items.length)]

  function openPage(): Tab {
    const page = openTab(browser, `page${++opened}`)
    pages.push(page)
    return page
  }

  function wishFor(key: string): Wish {
    const wish = wishes.get(key)
    if (!wish) throw new Error(`Nobody wants ${key}.`)
    return wish
  }

  /** Other bytes under the same key are one more object, even where they go on with what was begun. */
  function choose(key: string, file: SimulatedFile): void {
    chosen.set(key, [...(chosen.get(key) ?? []), file])
    if (file.piece.content === '1') return
    asked.set(key, (asked.get(key) ?? 0) + 1)
  }

  function note(tab: Tab, task: ObservedTask['task'], files: readonly SimulatedFile[]): void {
    tasks.push(observe(world, tab, task, files, wishFor(task.key)))
  }

  /** A refusal that the engine tells the user in so many words is no problem. */
  function refused(error: unknown): void {
    log(() => `    refused: ${String(error)}`)
    if (!isOssUploadError(error)) witness.problem(`A button crashed: ${String(error)}`)
  }

  function upload(page: Tab, key: string, variant: Variant): void {
    const wish = wishFor(key)
    const file = variantOf(chance, wish, variant)
    log(
      () =>
        `user: upload ${variant} ${file.piece.content} (${file.size}) to ${key} in ${page.life.name}`,
    )
    choose(key, file)
    asked.set(key, (asked.get(key) ?? 0) + 1)
    const { who, contentType } = wish
    const task = page.engine.uploader.upload(file.asFile(), {
      key,
      ...(who ? { metadata: { who } } : {}),
      ...(contentType ? { contentType } : {}),
    })
    note(page, task, [file])
  }

  async function takeUp(page: Tab, saved: Saved, variant: Variant): Promise<void> {
    const { key } = saved
    const file = variantOf(chance, wishFor(key), variant)
    log(() => `user: resume ${key} with ${variant} in ${page.life.name}`)
    try {
      // What has ended needs no file, and what another tab is at only shows it.
      const isFileGiven = saved.needsFile || (saved.source !== 'none' && chance.happens(0.3))
      if (isFileGiven) choose(key, file)
      const task = await saved.resume(isFileGiven ? file.asFile() : undefined)
      note(page, task, isFileGiven ? [file] : (chosen.get(key) ?? []))
    } catch (error) {
      refused(error)
    }
  }

  /** Looks at what is unfinished, and goes on with each, drops it, or leaves it. */
  async function lookAtSaved(page: Tab, isToBeFinished: boolean): Promise<void> {
    for (const saved of await page.engine.uploader.resumable()) {
      if (!wishes.has(saved.key)) continue
      if (!isToBeFinished && chance.happens(0.2)) continue
      if (chance.happens(0.2)) {
        log(() => `user: discard ${saved.key} in ${page.life.name}`)
        await saved.discard()
      } else await takeUp(page, saved, isToBeFinished ? 'same' : chance.pick(VARIANTS))
    }
  }

  function closePage(page: Tab): void {
    page.die()
    const isBack = chance.happens(0.8)
    if (!isBack) return
    clock.after(chance.pick([1, 300, 5_000, 100_000]), () => comeIn(openPage()))
  }

  function comeIn(page: Tab): void {
    const key = oneOf([...wishes.keys()]) ?? ''
    if (chance.happens(0.5)) upload(page, key, chance.pick(VARIANTS))
    else lookAtSaved(page, false).catch(refused)
  }

  function giveFile(observed: ObservedTask, variant: Variant): void {
    const { task, key } = observed
    log(() => `user: resume ${task.id} with ${variant}`)
    try {
      const file = variantOf(chance, wishFor(key), variant)
      choose(key, file)
      if (task.state.waitingFor === 'file') observed.files = [...observed.files, file]
      task.resume(file.asFile())
    } catch (error) {
      refused(error)
    }
  }

  function act(): void {
    const page = oneOf(alive())
    const target = oneOf(unfinished())
    const roll = chance.below(12)
    if (!page) {
      comeIn(openPage())
      return
    }
    if (roll === 0) closePage(page)
    if (roll === 1) closePage(page)
    if (roll === 2) comeIn(pages.length < 4 ? openPage() : page)
    if (roll === 3) page.life.freeze(chance.pick([500, 5_000, 600_000]))
    if (roll === 4) page.life.setClock(chance.pick([-3_600_000, -60_000, 60_000, 3_600_000]))
    if (roll === 5 && chance.happens(0.3)) changeOnDisk(target)
    if (!target || roll < 6) return
    log(
      () =>
        `user: ${['pause', 'pause', 'resume', 'resume', 'give file', 'cancel'][roll - 6]} ${target.tab.life.name} ${target.task.id}`,
    )
    if (roll < 8) target.task.pause()
    else if (roll < 10) target.task.resume()
    else if (roll === 10) giveFile(target, chance.pick(VARIANTS))
    else void target.task.cancel()
  }

  function changeOnDisk(target: ObservedTask | undefined): void {
    const edited = world.trouble.seesEdits ? 'edited' : 'rewritten'
    const state = chance.pick([edited, 'deleted'] as const)
    log(() => `user: the file of ${target?.task.id} is ${state}`)
    for (const file of target?.files ?? []) file.change(state)
  }

  return {
    tasks,
    asked,
    alive,
    unfinished,
    /** The first visit, and all that the user will do until trouble is over. */
    begin(): void {
      const page = openPage()
      for (const key of wishes.keys()) upload(page, key, 'same')
      for (let action = 0; action < scenario.actions; action++) {
        clock.after(chance.below(chance.pick([300, 3_000, 30_000, 300_000])), act)
      }
    },
    /** Everything that waits for the user gets what it waits for. */
    finish(): void {
      const waiting = unfinished()
      for (const observed of waiting) {
        if (observed.task.state.waitingFor === 'file') giveFile(observed, 'same')
        else observed.task.resume()
      }
      const page = alive()[0] ?? openPage()
      if (waiting.length === 0) lookAtSaved(page, true).catch(refused)
    },
    /** The background worker's part: the page's upload goes on there when the page is gone. */
    enlist(worker: Tab, upload: EnlistedUpload, withdrawal: AbortSignal): void {
      const { file, name, options, mustResume } = upload
      const { uploader, start } = worker.engine
      if (!file || uploader.tasks.some(({ key }) => key === options.key)) return
      const task = start({
        file,
        size: file.size,
        name,
        options,
        mustResume,
        withdrawal,
      } as Parameters<typeof start>[0])
      note(worker, task, [simulated(file)])
    },
  }
}

export type User = ReturnType<typeof createUser>
