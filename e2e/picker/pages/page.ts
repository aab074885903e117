import { createUploader } from 'oss-direct-upload'
import { OssUploadPicker } from 'oss-direct-upload/picker/define'

/** What the pickers of the page have said, in order. */
interface Heard {
  readonly type: string
  readonly picker: string
  readonly name: string
  readonly key: string | undefined
  readonly reason: string | undefined
  readonly status: string | undefined
}

declare global {
  interface Window {
    readonly heard: Heard[]
    readonly picker: OssUploadPicker
    /** Sets up pickers that came later, too. */
    readonly connect: (picker: OssUploadPicker) => Promise<void>
  }
}

const TYPES = ['start', 'pause', 'success', 'error', 'cancel', 'reject', 'progress'] as const
const heard: Heard[] = []

for (const type of TYPES) {
  document.addEventListener(`oss-upload-${type}`, (event) => {
    const { detail, target } = event as CustomEvent
    heard.push({
      type,
      picker: (target as HTMLElement).id,
      name: detail.name,
      key: detail.key,
      reason: detail.reason,
      status: detail.state?.status,
    })
  })
}

async function connect(picker: OssUploadPicker): Promise<void> {
  const { prefix, ...target } = await (await fetch('/api/oss/config')).json()
  const query = new URLSearchParams(location.search)
  picker.keyPrefix = picker.id ? `${prefix}${picker.id}/` : prefix
  picker.uploader = createUploader({
    ...target,
    credentials: '/api/oss/credentials',
    ...(query.has('partSize') ? { partSize: Number(query.get('partSize')) } : {}),
  })
}

/** `?accept=image/*&max-size=1000` are attributes; `wait` leaves them without an uploader. */
const query = new URLSearchParams(location.search)
for (const picker of document.querySelectorAll('oss-upload-picker')) {
  if (!(picker instanceof OssUploadPicker)) continue
  for (const [name, value] of query) {
    if (name !== 'partSize' && name !== 'wait') picker.setAttribute(name, value)
  }
  if (!query.has('wait')) void connect(picker)
}

document.querySelector('form')?.addEventListener('submit', (event) => {
  event.preventDefault()
  const sent = [...new FormData(event.target as HTMLFormElement)]
  const output = document.querySelector('output')
  if (output) output.textContent = JSON.stringify(sent)
})

Object.assign(window, { heard, connect, picker: document.querySelector('oss-upload-picker') })
