import type { ObservedTask } from './observed-task.js'
import type { Disk } from './storage.js'
import type { User } from './user.js'
import type { World } from './world.js'

/** When nothing moves any more, every task has ended or says what it waits for the user for. */
export function checkAtRest({ witness }: World, user: User): void {
  const open = user.unfinished()
  for (const observed of open) {
    if (waitsForUser(observed)) continue
    const { status, waitingFor } = observed.task.state
    const isBehind =
      waitingFor === 'lock' &&
      open.some((other) => other !== observed && other.key === observed.key && waitsForUser(other))
    if (!isBehind) witness.problem(`${nameOf(observed)} hangs: ${status} ${waitingFor ?? ''}.`)
  }
}

/** After the user has given everyone what they wanted. */
export function checkEnd(world: World, user: User, disk: Disk): void {
  const { witness } = world
  for (const observed of user.unfinished()) {
    const { status, waitingFor } = observed.task.state
    witness.problem(`${nameOf(observed)} never ends: ${status} ${waitingFor ?? ''}.`)
  }
  for (const [key, times] of user.asked) {
    const count = witness.completions(key)
    // Where nobody may look at the object, or no record tells of it, a lost answer costs another upload.
    const isUnrecorded =
      witness.hadStoreTrouble() || user.tasks.some(({ tab }) => !tab.options.persist)
    const isUnseen = world.trouble.denied.has('HeadObject') || witness.unseen.has(key)
    const mayRepeat = isUnseen || isUnrecorded
    if (count > times && !mayRepeat) {
      witness.problem(`${key} was stored ${count} times, and asked for ${times} times.`)
    }
  }
  checkNothingLeft(world, user, disk)
}

function waitsForUser({ task: { state } }: ObservedTask): boolean {
  const { status, waitingFor } = state
  return status === 'paused' || waitingFor === 'file' || waitingFor === 'permission'
}

function nameOf({ tab, task, key }: ObservedTask): string {
  return `${tab.life.name} ${task.id} (${key})`
}

/** After success or cancelling there is neither a record nor, where aborts got through, an upload on OSS. */
function checkNothingLeft({ witness, oss, trouble }: World, user: User, disk: Disk): void {
  if (witness.hadStoreTrouble()) return
  for (const [id, { record }] of disk.saved) {
    const key = id.split('/').at(-1) ?? ''
    const last = lastEnded(user.tasks, key)
    const isEnded = last?.ending === 'succeeded' || last?.ending === 'cancelled'
    const isTold = JSON.stringify(record).includes('endedAt')
    if (isEnded && last.uploadId && !isTold) {
      witness.problem(`A record of ${key} is left after ${nameOf(last)} ${last.ending}.`)
    }
  }
  const records = JSON.stringify([...disk.saved.values()].map(({ record }) => record))
  for (const id of oss.uploads.keys()) {
    const begun = witness.begun.get(id)
    const isExcused =
      !begun ||
      begun.life.isDead() ||
      witness.notAborted.has(id) ||
      records.includes(`"${id}"`) ||
      // Without credentials nothing is aborted.
      trouble.credentials.failing > 0 ||
      trouble.credentials.hanging > 0 ||
      !trouble.hasLocks
    if (!isExcused) witness.problem(`The upload ${id} of ${begun.key} is left on OSS.`)
  }
}

function lastEnded(tasks: readonly ObservedTask[], key: string): ObservedTask | undefined {
  const ended = tasks.filter((task) => task.key === key && task.ending)
  return ended.sort((a, b) => a.endedMs - b.endedMs).at(-1)
}
