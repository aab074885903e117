import type { SavedUpload, UploadTask } from 'oss-direct-upload'
import { button, element } from './elements.js'
import { formatBytes } from './format.js'

/** An unfinished upload of an earlier visit: go on with it, or forget it. */
export function createSavedRow(
  saved: SavedUpload,
  onResumed: (task: UploadTask, name: string) => void,
): HTMLLIElement {
  const name = saved.name || saved.key
  const row = element('li', 'upload')
  row.dataset['status'] = 'saved'
  const title = element('span', 'name', name)
  title.title = saved.key
  const head = element('div', 'upload-head')
  const actions = element('span', 'actions')
  const detail = element(
    'p',
    'detail',
    `Unfinished: ${formatBytes(saved.loaded)} of ${formatBytes(saved.size)}`,
  )
  const problem = element('p', 'problem')

  async function resume(file?: File): Promise<void> {
    try {
      const task = await saved.resume(file)
      row.remove()
      onResumed(task, name)
    } catch (error) {
      problem.textContent = error instanceof Error ? error.message : String(error)
      row.append(problem)
    }
  }

  const picker = element('input', 'visually-hidden')
  picker.type = 'file'
  picker.tabIndex = -1
  picker.setAttribute('aria-label', `File of ${name}`)
  picker.addEventListener('change', () => void resume(picker.files?.[0]))
  actions.append(
    button(saved.needsFile ? 'Choose file and resume' : 'Resume', name, () =>
      saved.needsFile ? picker.click() : void resume(),
    ),
    button('Discard', name, () => void saved.discard().then(() => row.remove())),
  )
  head.append(title, actions)
  row.append(head, detail, picker)
  return row
}
