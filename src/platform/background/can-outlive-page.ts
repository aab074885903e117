/** What of a page's globals is looked at. */
interface PageScope {
  readonly SharedWorker?: (new (url: string, options: WorkerOptions) => unknown) | undefined
  readonly navigator: { readonly locks?: unknown }
}

/**
 * Whether the browser has workers that go on when the page is gone. Starts none. Without locks, which plain http has not, page
 * and worker would upload the same file.
 *
 * @param noUrl - What the page's policy takes for a worker's URL, and is none.
 */
export function canOutlivePage(
  { SharedWorker, navigator }: PageScope,
  noUrl: () => string,
): boolean {
  if (!SharedWorker || !navigator.locks) return false
  let isKnown = false
  const options = {
    get extendedLifetime() {
      isKnown = true
      return true
    },
  }
  try {
    // The options are read before the URL is.
    new SharedWorker(noUrl(), options as WorkerOptions)
  } catch {
    // As intended.
  }
  return isKnown
}
