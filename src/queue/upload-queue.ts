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
 * The next upload starts when those under way leave a connection idle: a large file has all of them until its last parts,
 * small files go side by side.
 *
 * @param connections - Requests the page keeps in flight.
 */
export function createUploadQueue(connections: number): UploadQueue {
  const waiting = new Set<QueuedTask>()
  const started = new Set<QueuedTask>()
  const unfinished = new Set<QueuedTask>()
  let isFilling = false

  function fill(): void {
    // Starting a task calls back into this queue.
    if (isFilling) return
    isFilling = true
    for (const task of waiting) {
      if (!hasRoom(demands(started), connections)) break
      waiting.delete(task)
      started.add(task)
      task.start()
    }
    isFilling = false
  }

  return {
    add(task) {
      unfinished.add(task)
      waiting.add(task)
      fill()
    },
    taskChanged(task) {
      if (task.isEnded()) unfinished.delete(task)
      if (task.isIdle()) waiting.add(task)
      else waiting.delete(task)
      if (task.demand() === 0) started.delete(task)
      fill()
    },
    tasks: () => [...unfinished],
    count: () => unfinished.size,
  }
}

/** Whether what is under way leaves a connection idle. */
export function hasRoom(demands: readonly number[], connections: number): boolean {
  return demands.reduce((sum, demand) => sum + demand, 0) < connections
}

function demands(tasks: ReadonlySet<QueuedTask>): number[] {
  return [...tasks].map((task) => task.demand())
}
