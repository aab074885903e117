import { OssFileError } from '../errors.js'
import { rememberFile } from './file-reading.js'

/** Where a file comes from that this page was not given: its handle, or a copy of it. */
export interface SavedSource {
  /** Asking the user for permission takes a click. */
  readonly needsPermission: boolean
  /** @throws OssFileError when it cannot be had. */
  readonly read: () => Promise<Blob>
}

/** A task's file: given from the start, or had when it is needed. */
export function createSource(
  given: Blob | undefined,
  saved: SavedSource | undefined,
  size: number,
) {
  let file = given
  let isExhausted = saved === undefined

  function take(found: Blob): void {
    file = found
    rememberFile(found)
  }

  async function readSaved(): Promise<boolean> {
    if (!saved || isExhausted) return false
    // A source that failed is not asked again: the user is.
    isExhausted = true
    const read = await saved.read().catch(() => undefined)
    if (read?.size === size) take(read)
    return file !== undefined
  }

  return {
    get file(): Blob | undefined {
      return file
    },
    /** What is needed to go on here; reads what may be read without asking. */
    async findNeeds(): Promise<'file' | 'permission' | undefined> {
      if (file) return undefined
      if (saved?.needsPermission && !isExhausted) return 'permission'
      return (await readSaved()) ? undefined : 'file'
    },
    readSaved,
    /** @throws OssFileError when it is of another size, and so another file. */
    give(other: Blob): void {
      if (other.size !== size) throw differentSize(other.size, size)
      take(other)
    },
  }
}

function differentSize(size: number, expected: number): OssFileError {
  return new OssFileError(
    `This is not the file the upload began with: it is ${size < expected ? 'shorter' : 'longer'}. Choose the same file.`,
    { code: 'different-file', retryable: false },
  )
}
