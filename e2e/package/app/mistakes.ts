import { createUploader, type UploadState, type UploadTask } from 'oss-direct-upload'

// Were the package's types lost on the way, all of it would be `any` and nothing here a mistake.

// @ts-expect-error: without a region nothing can be signed.
createUploader({ bucket: 'bucket', credentials: '/credentials' })

// @ts-expect-error: only the forms that are computed may be asked for.
createUploader({ region: 'r', bucket: 'bucket', credentials: '/credentials', verify: 'sha1' })

export function misuse(task: UploadTask, state: UploadState): void {
  // @ts-expect-error: a state is a picture of what was, not a switch.
  state.status = 'succeeded'
  // @ts-expect-error: a key is text.
  const key: number = task.key
  return void key
}
