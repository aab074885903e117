import type { SavedUpload, UploadTask } from 'oss-direct-upload'
import { button, element, filePicker } from './elements.js'
import { formatBytes } from './format.js'

/** An unfinished upload of an earlier visit: go on with it, or forget it. */
export function createSavedRow(
  saved: SavedUpload,
  onResumed: (task: UploadTask) => void,
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
    goOn.disabled = true
    try {
      const task = await saved.resume(file)
      row.remove()
      onResumed(task)
    } catch (error) {
      problem.textContent = error instanceof Error ? error.message : String(error)
      row.append(problem)
      // Its handle was of no use: the user has to say where it is.
      actions.replaceChildren(choose, discard)
    }
  }

  const picker = filePicker(name, (file) => void resume(file))
  const choose = button('Choose file and resume', name, () => picker.click())
  const goOn = button('Resume', name, () => void resume())
  const discard = button('Discard', name, () => void saved.discard().then(() => row.remove()))
  actions.append(saved.needsFile ? choose : goOn, discard)
  head.append(title, actions)
  row.append(head, detail, picker)
  return row
}
