/**
 * While a page is being left, WebKit breaks off every request and every reading, be it of memory alone. The page may stay for
 * seconds, until the next one answers, and for good where that turns out to be a download.
 *
 * @throws DOMException where nothing can be read.
 */
export function readAnything(): Promise<unknown> {
  return new Blob(['.']).arrayBuffer()
}
