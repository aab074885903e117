import type { QueuedTask } from '../task/upload-task.js'

/** Many uploads: which starts next. Files go in the order they were added. */
export interface UploadQueue {
  readonly add: (task: QueuedTask) => void
  /** To be called when a task's phase has changed. */
  readonly taskChanged: (task: QueuedTask) => void
  /** Uploads that have not ended, oldest first. */
  readonly tasks: () => QueuedTask[]
  /** How many those are. */
  readonly count: () => number
}

/**
 * The next upload starts when those of its kind leave a connection idle: a large file has all of them until its last parts. Files
 * of one request go side by side, and beside a large one: neither waits for the last of the other kind. Each kind has half
 * of the connections (`client/connection-slots.ts`).
 *
 * @param connections - Requests the page keeps in flight.
 */
export function createUploadQueue(connections: number): UploadQueue {
  const waiting = { one: createLine(), many: createLine() }
  const started = { one: new Set<QueuedTask>(), many: new Set<QueuedTask>() }
  const unfinished = new Set<QueuedTask>()
  let isFilling = false
  let isToFill = false

  function startSome(kind: Kind): void {
    while (hasRoom(started[kind], connections)) {
      const task = waiting[kind].shift()
      if (!task) break
      started[kind].add(task)
      task.start()
    }
  }

  function fill(): void {
    isToFill = true
    // Starting a task calls back into this queue, and who hears of it may make room.
    if (isFilling) return
    isFilling = true
    while (isToFill) {
      isToFill = false
      startSome('one')
      startSome('many')
    }
    isFilling = false
  }

  function noteState(task: QueuedTask): void {
    const kind = kindOf(task)
    if (task.isEnded()) unfinished.delete(task)
    waiting[kind].set(task, task.isIdle())
    if (task.demand() === 0) started[kind].delete(task)
    fill()
  }

  return {
    add(task) {
      unfinished.add(task)
      noteState(task)
    },
    taskChanged: noteState,
    tasks: () => [...unfinished],
    count: () => unfinished.size,
  }
}

/** Whether what is under way leaves a connection idle. */
function hasRoom(underWay: Iterable<QueuedTask>, connections: number): boolean {
  let used = 0
  for (const task of underWay) used += task.demand()
  return used < connections
}

/** Who waits, lowest rank first: one that was paused has its place again. */
function createLine() {
  const tasks: QueuedTask[] = []

  /** Where one of this rank stands, or would. */
  function placeOf(rank: number): number {
    let [low, high] = [0, tasks.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((tasks[middle]?.rank ?? rank) < rank) low = middle + 1
      else high = middle
    }
    return low
  }

  return {
    shift: () => tasks.shift(),
    set(task: QueuedTask, isWaiting: boolean): void {
      const place = placeOf(task.rank)
      const stands = tasks[place] === task
      if (stands !== isWaiting) tasks.splice(place, stands ? 1 : 0, ...(stands ? [] : [task]))
    },
  }
}

type Kind = 'one' | 'many'

function kindOf({ isOneRequest }: QueuedTask): Kind {
  return isOneRequest ? 'one' : 'many'
}
