import type { Environment, LetGo } from '../environment.js'
import { OssFileError, OssTimeoutError } from '../errors.js'
import { createHolder, type Holder } from '../tabs/holder.js'
import type { TabCommand } from '../tabs/messages.js'
import { createMirror, type Mirror } from '../tabs/mirror.js'
import type { TaskEvent } from './events.js'
import { differenceOf, type Identity } from './identity.js'
import { lockName } from './journal.js'
import type { Report } from './report.js'

export interface LineContext {
  readonly environment: Pick<Environment, 'locks' | 'openChannel' | 'clock' | 'random'>
  /** Where the object goes, in full. */
  readonly id: string
  readonly key: string
  /** `undefined` without a file. */
  readonly identity: () => Promise<Identity | undefined>
  readonly report: () => Report
  readonly onCommand: (command: TabCommand) => void
  /** What an earlier visit began, for as long as the file itself is not at hand. */
  readonly begun?: Identity | undefined
  /** It is known who holds the upload. */
  readonly onClaimed: () => void
  /** What the upload lacks to go on here. @returns `undefined` when nothing. */
  readonly findNeeds: () => Promise<'file' | 'permission' | undefined>
  readonly hasFile: () => boolean
  /** This tab holds the upload, and waits for its file. */
  readonly isWaiting: () => boolean
  readonly dispatch: (event: TaskEvent) => void
}

/** One upload, one holder: a task's place in the line of those who have it. */
export function createPlaceInLine(context: LineContext) {
  const { environment, dispatch } = context
  const { locks, openChannel, clock } = environment
  const name = lockName(context.id)
  let letGo: LetGo | undefined
  let holder: Holder | undefined
  let mirror: Mirror | undefined
  let isOver = false

  async function take(lock: LetGo): Promise<void> {
    letGo = lock
    mirror?.close()
    mirror = undefined
    const needs = await context.findNeeds()
    if (isOver) return
    const { report, onCommand, isWaiting } = context
    const onOutranked = () => dispatch({ type: 'outranked' })
    holder = createHolder({
      ...{ openChannel, clock, name, identity, report, onCommand },
      ...{ isWaiting, onOutranked },
    })
    dispatch({ type: 'lockGranted', needs })
  }

  /** What the upload is of, or will be: who holds it without its file is mirrored too. */
  async function identity(): Promise<Identity | undefined> {
    try {
      return (await context.identity()) ?? context.begun
    } catch (error) {
      // A disk that sleeps tells nothing of the file; it is asked as long as it takes.
      if (isOver || !(error instanceof OssTimeoutError)) throw error
      return identity()
    }
  }

  /** Refuses to be a mirror of another file. */
  async function isSame(theirs: unknown): Promise<boolean> {
    if (!theirs) return false
    try {
      const mine = await identity()
      const difference = mine && differenceOf(mine, theirs as Identity)
      if (!difference) return true
      dispatch({ type: 'foundDifferent', error: busy(context.key, difference) })
    } catch (error) {
      // Of a file that cannot be read nobody knows: its success is not to be taken from another.
      dispatch({ type: 'foundDifferent', error })
    }
    return false
  }

  return {
    async claim(): Promise<void> {
      // A lock manager that fails is as good as none.
      const lock = await locks.tryHold(name).catch(() => () => {})
      context.onClaimed()
      if (lock) await take(lock)
      else dispatch({ type: 'heldElsewhere' })
    },
    /** Resolves when this tab holds the upload. @throws the signal's reason. */
    async join(signal: AbortSignal): Promise<void> {
      // One without the file lets those go first who have it.
      holder?.close()
      holder = undefined
      letGo?.()
      letGo = undefined
      mirror = createMirror<Report>({
        openChannel,
        name,
        id: String(environment.random()),
        isSame,
        hasFile: context.hasFile,
        onReport: (report, isFinal) => dispatch({ type: 'reported', report, isFinal }),
      })
      const lock = await locks.hold(name, signal).catch((error) => {
        if (signal.aborted) throw error
        return () => {}
      })
      await take(lock)
    },
    tell: (command: TabCommand) => void mirror?.tell(command),
    changed: (isUrgent: boolean) => holder?.changed(isUrgent),
    /** The task has ended. @returns whether another tab has heard how. */
    async end(): Promise<boolean> {
      isOver = true
      mirror?.close()
      return (await holder?.end()) ?? false
    },
    /** The next in line may go on. */
    release: () => letGo?.(),
  }
}

function busy(key: string, difference: string): OssFileError {
  return new OssFileError(
    `Another file is on its way to "${key}", in this page or another: this one ${difference}. Cancel the other upload first, or choose another key.`,
    { code: 'different-file', retryable: false },
  )
}
