import SparkMD5 from 'spark-md5'
import { readWindows } from './read-windows.js'

/** MD5 in base64. @throws OssFileError when the slice cannot be read, or the signal's reason. */
export async function md5OfSlice(slice: Blob, signal: AbortSignal): Promise<string> {
  const md5 = new SparkMD5.ArrayBuffer()
  // A window has a buffer of its own, so its whole buffer is its bytes.
  await readWindows(slice, signal, (bytes) => md5.append(bytes.buffer as ArrayBuffer))
  return btoa(md5.end(true))
}
