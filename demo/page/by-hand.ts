import { createUploader, type SavedUpload, type Uploader, type UploadTask } from 'oss-direct-upload'
import { type Choice, droppedFiles, onChosen } from './choosing.js'
import { createSavedRow } from './saved-row.js'
import {
  askForTarget,
  messageOf,
  optionsFromAddress,
  reasonOf,
  showTarget,
  textOf,
} from './target.js'
import { createRefusedRow, createUploadRow } from './upload-row.js'

const input = byId('files') as HTMLInputElement
const dropZone = byId('drop-zone')
const list = byId('uploads')
/** Unfinished uploads, by key. */
const savedRows = new Map<string, HTMLElement>()

async function start(): Promise<void> {
  const target = await askForTarget()
  const { prefix, ...bucket } = target
  const uploader = createUploader({
    ...bucket,
    credentials: '/api/oss/credentials',
    ...optionsFromAddress(),
  })
  showTarget(textOf(target))
  input.disabled = false
  listen((choices) => {
    for (const choice of choices) add(uploader, choice, prefix + choice.file.name)
  })
  try {
    for (const saved of await uploader.resumable({ prefix })) await showSaved(uploader, saved)
  } catch (error) {
    // Files can be chosen all the same.
    tell(`What is unfinished cannot be shown: ${messageOf(error)}`)
  }
}

/** What goes on in another tab is shown as what goes on here; what nobody is at waits for the user. */
async function showSaved(uploader: Uploader, saved: SavedUpload): Promise<void> {
  const name = saved.name || saved.key
  const isFinished = saved.loaded === saved.size && !saved.needsFile && saved.source === 'none'
  if (saved.runsIn || isFinished) show(uploader, await saved.resume(), name)
  else {
    const row = createSavedRow(saved, (task) => show(uploader, task, name))
    savedRows.set(saved.key, row)
    list.append(row)
  }
}

function add(uploader: Uploader, { file, handle }: Choice, key: string): void {
  try {
    show(uploader, uploader.upload(file, { key, ...(handle ? { handle } : {}) }), file.name)
  } catch (error) {
    list.prepend(createRefusedRow(file.name, error))
  }
}

function show(uploader: Uploader, task: UploadTask, name: string): void {
  // Chosen anew, it goes on here.
  savedRows.get(task.key)?.remove()
  list.prepend(createUploadRow(task, name))
  task.done.then(
    () => tell(`${name} is stored.`),
    () => tell(`${name}: ${task.state.status}.`),
  )
  task.subscribe(() => summarize(uploader))
}

function listen(take: (choices: Choice[]) => void): void {
  onChosen(input, take)
  document.addEventListener('dragover', () => dropZone.classList.add('is-over'))
  document.addEventListener('dragleave', () => dropZone.classList.remove('is-over'))
  document.addEventListener('drop', (event) => {
    dropZone.classList.remove('is-over')
    if (event.dataTransfer) void droppedFiles(event.dataTransfer).then(take)
  })
}

function summarize(uploader: Uploader): void {
  const open = uploader.tasks.length
  byId('summary').textContent = open === 0 ? '' : `${open} to go`
}

function tell(news: string): void {
  byId('news').textContent = news
}

function byId(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (!found) throw new Error(`by-hand.html has no #${id}`)
  return found
}

// A file dropped before the page is ready must not take the page's place.
for (const type of ['dragover', 'drop']) {
  document.addEventListener(type, (event) => event.preventDefault())
}

start().catch((error: unknown) => {
  showTarget(reasonOf(error))
  input.disabled = true
})
