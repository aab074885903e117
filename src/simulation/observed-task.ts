import { isOssUploadError } from '../errors.js'
import { areEqual } from './content.js'
import { SECRETS } from './issuer.js'
import type { Wish } from './scenario.js'
import type { SimulatedFile } from './simulated-file.js'
import type { Version } from './strict-oss.js'
import type { Tab } from './tab.js'
import type { World } from './world.js'

type Task = ReturnType<Tab['engine']['uploader']['upload']>
type Result = Awaited<Task['done']>

/** A task as its user sees it. */
export interface ObservedTask {
  readonly tab: Tab
  readonly task: Task
  readonly key: string
  /** What the user knows it to be of: several, where the page had the file from elsewhere. */
  files: readonly SimulatedFile[]
  /** How it ended: `succeeded`, `cancelled`, or the error's code. */
  ending: string | undefined
  endedMs: number
  /** The last one told, where an upload by parts was begun or taken up. */
  uploadId: string | undefined
  /** Another tab sends it. */
  isMirror: boolean
}

/** Follows a task, and holds every state it shows and its end against what OSS has. */
export function observe(
  world: World,
  tab: Tab,
  task: Task,
  files: readonly SimulatedFile[],
  wish: Wish,
): ObservedTask {
  const { witness, log, clock } = world
  const name = `${tab.life.name} ${task.id}`
  const observed: ObservedTask = {
    tab,
    task,
    key: task.key,
    files,
    ending: undefined,
    endedMs: 0,
    uploadId: undefined,
    isMirror: false,
  }
  task.subscribe(watchStates(world, name, observed))

  function end(ending: string): void {
    observed.ending = ending
    observed.endedMs = clock.now()
    log(() => `${name} (${task.key}): ${ending}`)
  }

  task.done.then(
    (result) => {
      end('succeeded')
      judgeSuccess(world, observed, wish, result)
    },
    (error: unknown) => {
      end(endingOf(error))
      log(() => `    ${String(error)}`)
      if (SECRETS.test(textOf(error))) witness.problem(`A secret is in the error of ${name}.`)
      if (isStoredAfterAll(world, observed, wish)) {
        witness.problem(`${name} failed as ${observed.ending}, and its own Complete took effect.`)
      }
      if (endingOf(error) === 'crashed') witness.problem(`${name} crashed: ${textOf(error)}`)
    },
  )
  return observed
}

function watchStates({ witness, log }: World, name: string, observed: ObservedTask) {
  let before = 0
  let told = ''
  return (state: Task['state']) => {
    const { status, waitingFor, loaded, total, uploadId } = state
    if (uploadId) observed.uploadId = uploadId
    if (status !== 'succeeded') observed.isMirror = state.runsIn !== 'here'
    const now = `${status} ${waitingFor ?? ''}`
    if (now !== told) log(() => `${name}: ${now}`)
    told = now
    if (loaded < before) witness.problem(`The progress of ${name} falls: ${before} to ${loaded}.`)
    if (loaded > total) witness.problem(`${name} has ${loaded} of ${total}.`)
    if (total > 0 && (loaded === total) !== (status === 'succeeded')) {
      witness.problem(`${name} has ${loaded} of ${total} and is ${status}.`)
    }
    before = loaded
    if (SECRETS.test(JSON.stringify(state))) witness.problem(`A secret is in a state of ${name}.`)
  }
}

/** Success means: OSS has, or had until another upload replaced it, an object of the file's bytes and of the wished kind. */
function judgeSuccess(world: World, observed: ObservedTask, wish: Wish, result: Result): void {
  const { oss, witness, trouble } = world
  const { key, files, task, tab } = observed
  const versions = oss.versions.get(key) ?? []
  const match = versions.findLast((version) =>
    files.some((file) => isAsWished(version, file, wish)),
  )
  // While nobody else stores anything else there, it is also what is there now.
  if (match && (!wish.isAlone || match === versions.at(-1))) {
    if (result.size !== sizeOf(match.pieces)) witness.problem(`${key}: a size of ${result.size}`)
    return
  }
  if (!result.verified && trouble.faults.some(([name]) => name === 'bytes damaged')) return
  if (isMirrorOfEdited(observed, versions.at(-1))) return
  const wanted = files.map(({ piece }) => piece.content)
  const have = versions.at(-1)?.pieces.map(({ content, start }) => `${content}@${start}`)
  witness.problem(
    `${tab.life.name} ${task.id} succeeded with ${wanted} for ${key}, OSS has ${have}.`,
  )
}

/** Whoever may look at the object must not tell the user that its upload is gone. */
function isStoredAfterAll({ oss, trouble }: World, observed: ObservedTask, wish: Wish): boolean {
  if (observed.ending !== 'no-such-upload' || trouble.denied.has('HeadObject')) return false
  const version = oss.current(observed.key)
  const isOwn = version?.uploadId !== undefined && version.uploadId === observed.uploadId
  return isOwn && observed.files.some((file) => isAsWished(version, file, wish))
}

/**
 * Known, and not to be hidden behind what is not: tabs compare samples of their files, so that one whose file was edited where
 * no sample looks takes the other's success for its own.
 */
function isMirrorOfEdited(observed: ObservedTask, stored: Version | undefined): boolean {
  const theirs = baseOf(stored?.pieces[0]?.content)
  return observed.isMirror && observed.files.some(({ piece }) => baseOf(piece.content) === theirs)
}

function baseOf(content: string | undefined): string | undefined {
  return content?.split('+')[0]
}

function sizeOf(pieces: Version['pieces']): number {
  return pieces.reduce((sum, { start, end }) => sum + end - start, 0)
}

function isAsWished({ pieces, headers }: Version, { piece }: SimulatedFile, wish: Wish): boolean {
  return (
    headers['x-oss-meta-who'] === wish.who &&
    headers['content-type'] === wish.contentType &&
    areEqual(pieces, piece)
  )
}

function endingOf(error: unknown): string {
  if (isOssUploadError(error)) return error.code
  if (error instanceof DOMException && error.name === 'AbortError') return 'cancelled'
  return 'crashed'
}

/** All that can be read of an error, and of those behind it. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return `${error.message} ${error.stack} ${JSON.stringify(error)} ${textOf(error.cause)}`
}
