import { vi } from 'vitest'
import type {
  SavedUpload,
  Uploader,
  UploadOptions,
  UploadResult,
  UploadState,
  UploadTask,
} from '../../index.js'
import { createFileList } from '../file-list.js'
import { createFormat } from '../format.js'
import { type Choice, type Item, statusOf } from '../item.js'
import type { ListHost } from '../list-host.js'
import { en } from '../messages.js'

/** A task that obeys, and ends when the test says so. */
export function scriptedTask(key: string) {
  let state = { status: 'uploading', runsIn: 'here', loaded: 0 } as UploadState
  const listeners = new Set<(state: UploadState) => void>()
  let [resolve, reject]: ((outcome: never) => void)[] = []
  const done = new Promise<UploadResult>((...settle) => {
    ;[resolve, reject] = settle
  })
  done.catch(() => {})
  function become(change: Partial<UploadState>): void {
    state = { ...state, ...change }
    for (const tell of listeners) tell(state)
  }
  return {
    id: key,
    key,
    done,
    become,
    get state() {
      return state
    },
    subscribe(listener: (state: UploadState) => void) {
      listeners.add(listener)
      listener(state)
      return () => void listeners.delete(listener)
    },
    pause: vi.fn(() => become({ status: 'paused' })),
    resume: vi.fn((_file?: Blob) => become({ status: 'uploading', waitingFor: undefined })),
    cancel: vi.fn(async () => {
      become({ status: 'cancelled' })
      reject?.(new DOMException('cancelled', 'AbortError') as never)
    }),
    succeed() {
      become({ status: 'succeeded' })
      resolve?.({ key } as never)
    },
    fail(error: Error) {
      become({ status: 'failed', error })
      reject?.(error as never)
    },
  } satisfies UploadTask & Record<string, unknown>
}

export const choice = (name: string, more: Partial<Choice> = {}): Choice => ({
  file: new File(['abc'], name),
  path: name,
  ...more,
})

/** What the row says, in English. */
export const problemOf = ({ problem }: Item): string | undefined =>
  problem?.(en, createFormat('en'))

/** A list whose tasks do what the test says, and who hears of it. */
export function setUp(own: Partial<ListHost> & { saved?: readonly SavedUpload[] } = {}) {
  const tasks: ReturnType<typeof scriptedTask>[] = []
  const sent: UploadOptions[] = []
  const happened: string[] = []
  const uploader: Uploader = {
    upload(_, options) {
      const task = scriptedTask(options.key)
      tasks.push(task)
      sent.push(options)
      return task
    },
    tasks,
    resumable: async () => [...(own.saved ?? [])],
    cleanup: async () => 0,
  }
  const host: ListHost = {
    isShown: () => true,
    uploader: () => uploader,
    rules: () => ({ accept: '', maxFiles: Infinity, maxSize: 100, minSize: 0 }),
    multiple: () => true,
    prefix: () => '',
    beforeUpload: () => undefined,
    changed: () => {},
    happened: (what, { name }) => void happened.push(`${what} ${name}`),
    hindered: (item) => void happened.push(`${item.name}: ${problemOf(item)}`),
    stored: () => {},
    ...own,
  }
  const list = createFileList(host)
  return {
    list,
    tasks,
    sent,
    happened,
    uploader,
    host,
    add: (...names: string[]) => list.add(names.map((name) => choice(name))),
    names: () => list.items.map(({ name }) => name),
    statuses: () => list.items.map(statusOf),
    keys: () => sent.map(({ key }) => key),
    item(index: number) {
      const item = list.items[index]
      if (!item) throw new Error(`There is no item ${index}.`)
      return item
    },
    task(index: number) {
      const task = tasks[index]
      if (!task) throw new Error(`There is no task ${index}.`)
      return task
    },
  }
}

/** Of an earlier visit. */
export function savedUpload(key: string, more: Partial<SavedUpload> = {}): SavedUpload {
  return {
    ...{ id: key, key, name: key, size: 3, loaded: 1, startedAt: 0 },
    ...{ needsFile: true, source: 'none' },
    resume: async () => scriptedTask(key),
    discard: async () => {},
    ...more,
  }
}
