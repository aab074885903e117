import type { UploadTask } from '../index.js'
import { keepKey, release } from './claims.js'
import type { Item } from './item.js'
import type { ListHost } from './list-host.js'

/** Follows an item's task: what it does is shown, and told once. A task the item no longer has is not heard. */
export function createWatch(
  host: Pick<ListHost, 'happened' | 'stored'>,
  changed: (item: Item) => void,
) {
  return function watch(item: Item, task: UploadTask): void {
    item.task = task
    task.subscribe((state) => {
      if (item.task !== task) return
      const before = item.state?.status
      item.state = state
      // It was about what it did before.
      if (state.status !== before) item.problem = undefined
      if (state.status === 'paused' && before !== 'paused') host.happened('pause', item)
      changed(item)
    })
    task.done.then(
      (result) => {
        if (item.task !== task) return
        item.result = result
        keepKey(item)
        host.stored(item, result)
        host.happened('success', item)
      },
      () => {
        if (item.task !== task) return
        if (item.isGone) release(item)
        host.happened(task.state.status === 'cancelled' ? 'cancel' : 'error', item)
      },
    )
  }
}

/** Of what another tab is at, nobody here is told any more. Should it come here, it waits for whoever shows it next. */
export function leave(item: Item, task: UploadTask): void {
  item.task = undefined
  const unsubscribe = task.subscribe(({ runsIn }) => {
    if (runsIn !== 'here') return
    unsubscribe()
    task.pause()
  })
  task.done.then(
    () => keepKey(item),
    () => release(item),
  )
}
