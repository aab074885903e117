import { isOssUploadError, type OssUploadErrorCode } from '../index.js'
import type { Format } from './format.js'
import { type Item, type ItemStatus, isInFlight, statusOf } from './item.js'
import type { Messages } from './messages.js'

export type Action = 'pause' | 'resume' | 'retry' | 'choose' | 'allow' | 'copy' | 'remove'

/** What a line shows. */
export interface RowView {
  readonly tone: 'busy' | 'quiet' | 'done' | 'bad'
  /** What it is doing, in words. */
  readonly words: string
  /** Size, speed and time left. */
  readonly facts: readonly string[]
  /** From 0 to 1; absent where there is nothing to wait for. */
  readonly progress?: number | undefined
  /** In the order of the buttons. */
  readonly actions: readonly Action[]
}

/** What the page knows besides. */
export interface Surroundings {
  readonly messages: Messages
  readonly format: Format
  readonly isOnline: boolean
  /** Not on plain http. */
  readonly canCopy: boolean
  /** What the field holds can then not be changed. */
  readonly isDisabled: boolean
}

const TONES = {
  succeeded: 'done',
  failed: 'bad',
  refused: 'bad',
  paused: 'quiet',
  saved: 'quiet',
  cancelled: 'quiet',
} as const

export function rowView(item: Item, surroundings: Surroundings): RowView {
  const status = statusOf(item)
  return {
    tone: item.problem ? 'bad' : ((TONES as Record<string, RowView['tone']>)[status] ?? 'busy'),
    words: wordsOf(item, surroundings),
    facts: factsOf(item, surroundings),
    progress: progressOf(item),
    actions: actionsOf(item, surroundings),
  }
}

function wordsOf(item: Item, { messages, format, isOnline }: Surroundings): string {
  const { state, problem } = item
  const status = statusOf(item)
  if (problem) return problem(messages, format)
  if (status === 'refused') return messages.refused
  if (status === 'failed') return messages.failed(reasonOf(state?.error, messages))
  if (status === 'waiting') {
    const why = state?.waitingFor ?? 'retry'
    return messages.waiting[why === 'network' && !isOnline ? 'offline' : why]
  }
  const elsewhere = status === 'uploading' && state?.runsIn !== 'here' ? state?.runsIn : undefined
  return messages.doing[elsewhere ?? status]
}

export function reasonOf(error: unknown, { reasons }: Messages): string {
  return reasons[isOssUploadError(error) ? error.code : 'other']
}

function factsOf(item: Item, { messages, format }: Surroundings): string[] {
  const { size, state, saved } = item
  const loaded = state?.loaded ?? saved?.loaded ?? 0
  if (progressOf(item) === undefined) return [format.bytes(size)]
  const facts = [messages.bytesOf(format.bytes(loaded), format.bytes(size))]
  if (state?.status !== 'uploading' || state.bytesPerSecond <= 0) return facts
  facts.push(messages.speed(format.bytes(state.bytesPerSecond)))
  if (state.secondsLeft !== undefined) {
    facts.push(messages.timeLeft(format.duration(state.secondsLeft)))
  }
  return facts
}

function progressOf(item: Item): number | undefined {
  const { size, state, saved } = item
  if (!isInFlight(item) && state?.status !== 'paused' && statusOf(item) !== 'saved')
    return undefined
  return (state?.loaded ?? saved?.loaded ?? 0) / Math.max(1, size)
}

function actionsOf(item: Item, { canCopy }: Surroundings): Action[] {
  const { state, saved, link } = item
  if (item.isBusy) return []
  if (canPause(item)) return ['pause', 'remove']
  switch (statusOf(item)) {
    case 'saved':
      return [saved?.needsFile || item.needsChoice ? 'choose' : 'resume', 'remove']
    case 'paused':
      return ['resume', 'remove']
    case 'waiting':
      return [state?.waitingFor === 'file' ? 'choose' : 'allow', 'remove']
    case 'failed':
      return [needsAnotherChoice(item) ? 'choose' : 'retry', 'remove']
    case 'succeeded':
      return link && canCopy ? ['copy', 'remove'] : ['remove']
    default:
      return ['remove']
  }
}

/** Whether it changes what the field holds: what is under way can be paused and resumed while the field is disabled, too. */
export function isChange(action: Action | ActionOnAll, item?: Item): boolean {
  if (action === 'resume') return item !== undefined && statusOf(item) === 'saved'
  return !['pause', 'allow', 'copy', 'pauseAll', 'resumeAll'].includes(action)
}

/** The file at hand is of no more use. */
export function needsAnotherChoice({ choice, saved, needsChoice, state }: Item): boolean {
  if (isUselessFile(state?.error) || needsChoice) return true
  // Given for one that an earlier visit began.
  if (saved && isCode(state?.error, 'different-file')) return true
  return !choice && (!saved || saved.needsFile)
}

export function isUselessFile(error: unknown): boolean {
  return isCode(error, 'file-changed') || isCode(error, 'file-unreadable')
}

function isCode(error: unknown, code: OssUploadErrorCode): boolean {
  return isOssUploadError(error) && error.code === code
}

export type ActionOnAll = 'pauseAll' | 'resumeAll' | 'retryFailed' | 'clearDone'

/** What the line above the list shows; nothing while the list is empty. */
export interface TotalView {
  /** Empty where there is no file to sum up: what an earlier visit left, and what was refused, are none. */
  readonly summary: string
  /** From 0 to 1. */
  readonly progress: number
  readonly actions: readonly ActionOnAll[]
}

export function totalView(
  items: readonly Item[],
  { messages, format }: Surroundings,
): TotalView | undefined {
  let [files, done, bytes, loaded] = [0, 0, 0, 0]
  const actions = new Set<ActionOnAll>()
  for (const item of items) {
    const status = statusOf(item)
    if (status === 'paused') actions.add('resumeAll')
    if (canRetry(item)) actions.add('retryFailed')
    if (isDone(status)) actions.add('clearDone')
    if (canPause(item)) actions.add('pauseAll')
    if (status === 'refused' || status === 'cancelled' || status === 'saved') continue
    files++
    // An empty file is something to wait for, too.
    bytes += Math.max(1, item.size)
    if (status === 'succeeded') done++
    loaded += status === 'succeeded' ? Math.max(1, item.size) : (item.state?.loaded ?? 0)
  }
  if (items.length === 0) return undefined
  const progress = files === 0 ? 0 : loaded / bytes
  return {
    summary:
      files === 0
        ? ''
        : messages.summary(
            format.count(done),
            format.count(files),
            format.percent(done === files && files > 0 ? 1 : Math.min(progress, 0.99)),
          ),
    progress,
    actions: ALL.filter((action) => actions.has(action)),
  }
}

/** Nothing more comes of it. */
export function isDone(status: ItemStatus): boolean {
  return status === 'succeeded' || status === 'refused' || status === 'cancelled'
}

const ALL: readonly ActionOnAll[] = ['pauseAll', 'resumeAll', 'retryFailed', 'clearDone']

export function canRetry(item: Item): boolean {
  return statusOf(item) === 'failed' && !needsAnotherChoice(item)
}

export function canPause(item: Item): boolean {
  const { waitingFor = '' } = item.state ?? {}
  const isForUser = waitingFor === 'file' || waitingFor === 'permission'
  return isInFlight(item) && statusOf(item) !== 'completing' && !isForUser
}
