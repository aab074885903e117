import { OssError } from '../oss-error.js'
import type { FormPart } from './multipart-form.js'

const MAX_VALUE_BYTES = 2 * 1024 * 1024
const MAX_FIELDS_BYTES = 4 * 1024 * 1024

/** The fields before the file, names in lower case, and the file itself, still unread. */
export interface UploadForm {
  fields: Map<string, string>
  file: FormPart
}

/** Reads up to the file, which has to be the last field: what comes behind it would come too late to be checked. */
export async function readUploadForm(parts: AsyncIterator<FormPart>): Promise<UploadForm> {
  const fields = new Map<string, string>()
  let bytes = 0
  for (;;) {
    const { done, value: part } = await parts.next()
    if (done) throw wrongNumberOfFiles()
    if (part.name === 'file') return { fields, file: part }
    const value = await readValue(part)
    bytes += value.length
    if (bytes > MAX_FIELDS_BYTES) {
      const message = 'Your POST request fields preceding the upload file were too large.'
      throw new OssError(400, 'MaxPOSTPreDataLengthExceededError', message)
    }
    fields.set(part.name, value)
  }
}

/** Reads what stands behind the file: other fields are ignored, another file is not. */
export async function finishForm(parts: AsyncIterator<FormPart>): Promise<void> {
  for (let next = await parts.next(); !next.done; next = await parts.next()) {
    if (next.value.name === 'file') throw wrongNumberOfFiles()
  }
}

async function readValue(part: FormPart): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of part.body) {
    bytes += chunk.length
    if (bytes > MAX_VALUE_BYTES) {
      const message = `The form field ${part.name} is longer than 2 MB.`
      throw new OssError(400, 'FieldItemTooLong', message)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function wrongNumberOfFiles(): OssError {
  return new OssError(
    400,
    'IncorrectNumberOfFilesInPOSTRequest',
    'POST requires exactly one file upload per request.',
  )
}
