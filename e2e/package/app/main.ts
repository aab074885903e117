import {
  createUploader,
  isOssUploadError,
  type UploaderOptions,
  type UploadResult,
} from 'oss-direct-upload'

interface Config extends Pick<UploaderOptions, 'region' | 'bucket' | 'endpoint'> {
  readonly prefix: string
}

const input = document.querySelector('input')
const output = document.querySelector('output')

async function upload(file: File): Promise<UploadResult> {
  const response = await fetch('/api/oss/config')
  const { prefix, ...target }: Config = await response.json()
  const uploader = createUploader({
    ...target,
    credentials: '/api/oss/credentials',
    background: location.search === '?background',
  })
  return uploader.upload(file, { key: prefix + file.name }).done
}

function say(text: string): void {
  if (output) output.textContent = text
}

input?.addEventListener('change', () => {
  const file = input.files?.[0]
  if (!file) return
  upload(file).then(
    ({ key, verified }) => say(`${verified ? 'Verified' : 'Unverified'}: ${key}`),
    (error: unknown) => say(`Failed: ${isOssUploadError(error) ? error.code : error}`),
  )
})
