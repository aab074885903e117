import SparkMD5 from 'spark-md5'
import { readWindows } from './read-windows.js'

/** MD5 in base64. @throws OssFileError when the slice cannot be read, or the signal's reason. */
export async function md5OfSlice(slice: Blob, signal: AbortSignal): Promise<string> {
  const md5 = new SparkMD5.ArrayBuffer()
  await readWindows(slice, signal, (bytes) => md5.append(wholeBuffer(bytes)))
  return btoa(md5.end(true))
}

/** SparkMD5 takes whole buffers; what it keeps of one it copies. */
function wholeBuffer({ buffer, byteOffset, byteLength }: Uint8Array<ArrayBuffer>): ArrayBuffer {
  const isWhole = byteLength === buffer.byteLength
  return isWhole ? buffer : buffer.slice(byteOffset, byteOffset + byteLength)
}
