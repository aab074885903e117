import { updateCrc64 } from '../../protocol/crc64.js'
import { readWindows } from './read-windows.js'

/** CRC-64 in decimal. @throws OssFileError when the slice cannot be read, or the signal's reason. */
export async function crc64OfSlice(slice: Blob, signal: AbortSignal): Promise<string> {
  let crc64 = 0n
  await readWindows(slice, signal, (bytes) => {
    crc64 = updateCrc64(crc64, bytes)
  })
  return String(crc64)
}
