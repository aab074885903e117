import { isOssUploadError } from '../errors.js'
import { areEqual, type Piece } from './content.js'
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
  readonly begunMs: number
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
    begunMs: clock.now(),
    uploadId: undefined,
    isMirror: false,
  }
  witness.began(task.key)
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

/**
 * Success means: what the task rests on was stored under its key, of the file's bytes and of the wished kind. That is what the
 * request stored whose answer it names, whatever another upload made of the key since; where it names none, an object that a
 * HeadObject could have found while the task ran.
 */
function judgeSuccess(world: World, observed: ObservedTask, wish: Wish, result: Result): void {
  const { key, files, task, tab } = observed
  const found = versionsBehind(world, observed, result)
  const isRight = found.some(
    (version) =>
      sizeOf(version.pieces) === result.size &&
      files.some(
        (file) => isOfKind(version, wish) && isMadeOf(world, observed, version, file, result),
      ),
  )
  if (isRight) return
  const wanted = files.map(({ piece }) => piece.content)
  const have = found.map(({ pieces }) => pieces.map(({ content, start }) => `${content}@${start}`))
  world.witness.problem(
    `${tab.life.name} ${task.id} succeeded with ${wanted} (${result.size}) for ${key}, OSS has ${have.join(' and ')}.`,
  )
}

function versionsBehind(
  { oss, clock }: World,
  { key, begunMs }: ObservedTask,
  { requestId }: Result,
): readonly Version[] {
  const versions = oss.versions.get(key) ?? []
  if (requestId) return versions.filter((version) => version.requestId === requestId)
  return versions.filter(({ atMs }, index) => {
    const untilMs = versions[index + 1]?.atMs ?? Number.POSITIVE_INFINITY
    return atMs <= clock.now() && untilMs >= begunMs
  })
}

/** The bytes of the file, except for what the product is known not to see. */
function isMadeOf(
  { trouble }: World,
  { isMirror, tab }: ObservedTask,
  { pieces }: Version,
  file: SimulatedFile,
  { verified }: Result,
): boolean {
  const isUnseenDamage = !verified && trouble.faults.some(([name]) => name === 'bytes damaged')
  const arrived = isUnseenDamage ? pieces.map(undamaged) : pieces
  if (file.pieces.some((piece) => areEqual(arrived, piece))) return true
  // Tabs compare samples of their files, and `verify: 'none'` those of two visits: an edit where no sample looks is not seen.
  const isSampled = isMirror || tab.options.verify === 'none'
  return isSampled && areEqual(arrived.map(unedited), unedited(file.piece))
}

function undamaged(piece: Piece): Piece {
  return { ...piece, content: piece.content.replace('!', '') }
}

function unedited(piece: Piece): Piece {
  return { ...piece, content: piece.content.replace(/\+\d+|~/, '') }
}

/** Whoever has not looked at the object must not tell the user that its upload is gone. */
function isStoredAfterAll({ oss, trouble }: World, observed: ObservedTask, wish: Wish): boolean {
  if (observed.ending !== 'no-such-upload') return false
  // What was sent is compared with the file as it is read now: nobody has its CRC-64.
  if (!trouble.seesEdits && observed.tab.options.verify === 'none') return false
  const version = oss.current(observed.key)
  const isOwn = version?.uploadId !== undefined && version.uploadId === observed.uploadId
  return (
    isOwn &&
    isOfKind(version, wish) &&
    observed.files.some(({ piece }) => areEqual(version.pieces, piece))
  )
}

function sizeOf(pieces: Version['pieces']): number {
  return pieces.reduce((sum, { start, end }) => sum + end - start, 0)
}

function isOfKind({ headers }: Version, wish: Wish): boolean {
  return headers['x-oss-meta-who'] === wish.who && headers['content-type'] === wish.contentType
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
