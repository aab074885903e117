import type { UploadResult, UploadState, UploadTask } from 'oss-direct-upload'
import { button, element, filePicker } from './elements.js'
import { formatBytes, formatSeconds } from './format.js'

/** One line of the list: shows a task's state and offers its buttons. */
export function createUploadRow(task: UploadTask, name: string): HTMLLIElement {
  const row = element('li', 'upload')
  const title = element('span', 'name', name)
  const size = element('span', 'size')
  const actions = element('span', 'actions')
  const head = element('div', 'upload-head')
  head.append(title, size, actions)
  const progress = element('progress')
  progress.setAttribute('aria-label', `Progress of ${name}`)
  const detail = element('p', 'detail')
  title.title = name
  const picker = filePicker(name, (file) => guard(() => task.resume(file)))
  const problem = element('p', 'problem')
  row.append(head, progress, detail)

  const pause = button('Pause', name, () => task.pause())
  const resume = button('Resume', name, () => task.resume())
  const cancel = button('Cancel', name, () => void task.cancel())
  const choose = button('Choose file and resume', name, () => picker.click())

  function guard(action: () => void): void {
    try {
      action()
      problem.remove()
    } catch (error) {
      problem.textContent = messageOf(error)
      row.append(problem)
    }
  }

  function controlsOf({ status, waitingFor }: UploadState): HTMLElement[] {
    if (waitingFor === 'file') return [choose, cancel, picker]
    return [status === 'paused' || waitingFor === 'permission' ? resume : pause, cancel]
  }

  task.subscribe((state) => {
    row.dataset['status'] = state.status
    size.textContent = formatBytes(state.total)
    progress.max = Math.max(1, state.total)
    progress.value = state.loaded
    detail.textContent = detailOf(state)
    show(actions, isEnded(state) ? [] : controlsOf(state))
  })
  task.done.then(
    (result) => {
      show(actions, [openLink(result, name)])
      detail.replaceChildren(
        element('span', 'badge', result.verified ? 'Verified' : 'Stored'),
        result.verified ? 'What OSS stored is what was read.' : 'OSS gave no checksum to compare.',
      )
      row.append(facts(result))
    },
    (error: unknown) => {
      if (task.state.status === 'cancelled') return
      problem.textContent = messageOf(error)
      row.append(problem)
    },
  )
  return row
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** A file that was refused before it became an upload. */
export function createRefusedRow(name: string, error: unknown): HTMLLIElement {
  const row = element('li', 'upload')
  row.dataset['status'] = 'failed'
  row.append(element('span', 'name', name), element('p', 'problem', messageOf(error)))
  return row
}

const WAITING = {
  queue: 'Waiting for its turn',
  lock: 'On its way in another tab',
  file: 'The other tab is gone: choose the file again',
  permission: 'The other tab is gone: press Resume to go on here',
  network: 'Waiting for the network',
  retry: 'Trying again soon',
  credentials: 'Waiting for credentials',
} as const

const ELSEWHERE = { 'other-tab': 'In another tab', background: 'In the background' } as const

function detailOf(state: UploadState): string {
  switch (state.status) {
    case 'uploading': {
      const parts = [`${formatBytes(state.loaded)} of ${formatBytes(state.total)}`]
      if (state.runsIn !== 'here') parts.unshift(ELSEWHERE[state.runsIn])
      if (state.bytesPerSecond > 0) parts.push(`${formatBytes(state.bytesPerSecond)}/s`)
      if (state.isStartedAfresh) parts.push('begun anew, because OSS had dropped the first parts')
      if (state.secondsLeft !== undefined) parts.push(`${formatSeconds(state.secondsLeft)} left`)
      return parts.join(' · ')
    }
    case 'waiting':
      return WAITING[state.waitingFor ?? 'retry']
    case 'preparing':
      return 'Preparing'
    case 'paused':
      return `Paused at ${formatBytes(state.loaded)} of ${formatBytes(state.total)}`
    case 'completing':
      return 'Putting the parts together'
    case 'cancelled':
      return 'Cancelled'
    case 'failed':
      return 'Failed'
    case 'succeeded':
      return 'Stored'
  }
}

function facts({ key, size, etag, crc64 }: UploadResult): HTMLElement {
  const list = element('dl', 'facts')
  const rows = {
    Key: key,
    Size: `${size} ${size === 1 ? 'byte' : 'bytes'}`,
    ETag: etag,
    'CRC-64': crc64,
  }
  for (const [term, value] of Object.entries(rows)) {
    list.append(element('dt', '', term), element('dd', '', value))
  }
  return list
}

function openLink({ key }: UploadResult, name: string): HTMLAnchorElement {
  const link = element('a', '', 'Open')
  link.href = `/api/oss/open?key=${encodeURIComponent(key)}`
  link.target = '_blank'
  link.rel = 'noopener'
  link.setAttribute('aria-label', `Open ${name}`)
  return link
}

/** Leaves controls that stay where they are, so that the focus stays too; else it goes to what stands in their place. */
function show(parent: HTMLElement, controls: readonly HTMLElement[]): void {
  const isSame =
    parent.children.length === controls.length &&
    controls.every((control, index) => parent.children[index] === control)
  if (isSame) return
  const hadFocus = parent.contains(document.activeElement)
  parent.replaceChildren(...controls)
  if (hadFocus) controls[0]?.focus()
}

function isEnded({ status }: UploadState): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled'
}
