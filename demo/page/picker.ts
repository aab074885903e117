import { createUploader } from 'oss-direct-upload'
import { OssUploadPicker } from 'oss-direct-upload/picker/define'
import { askForTarget, optionsFromAddress, reasonOf, showTarget, textOf } from './target.js'

async function start(picker: OssUploadPicker): Promise<void> {
  const target = await askForTarget()
  const { prefix, ...bucket } = target
  picker.keyPrefix = prefix
  picker.linkFor = ({ key }) =>
    new URL(`/api/oss/open?key=${encodeURIComponent(key)}`, location.href)
  picker.uploader = createUploader({
    ...bucket,
    credentials: '/api/oss/credentials',
    ...optionsFromAddress(),
  })
  picker.disabled = false
  showTarget(textOf(target))
}

const picker = document.querySelector('oss-upload-picker')
if (picker instanceof OssUploadPicker) {
  start(picker).catch((error: unknown) => showTarget(reasonOf(error)))
}
