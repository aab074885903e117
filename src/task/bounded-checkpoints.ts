import type { CheckpointStore, Clock } from '../environment.js'
import { OssStorageError } from '../errors.js'

/** A browser's database may hang for good; uploads go on without it then. */
const ANSWER_WITHIN_MS = 5000

/** The same store, of which no call takes for ever, and whose failures are told as its own. Copies are not waited for, and may take their time. */
export function boundedCheckpoints(store: CheckpointStore, clock: Clock): CheckpointStore {
  function bounded<Args extends readonly unknown[], T>(call: (...args: Args) => Promise<T>) {
    return (...args: Args) =>
      new Promise<T>((resolve, reject) => {
        const cancelTimer = clock.after(ANSWER_WITHIN_MS, () =>
          reject(storageError('does not answer')),
        )
        call(...args)
          .then(resolve, (cause) => reject(storageError('failed', cause)))
          .finally(cancelTimer)
      })
  }
  return {
    load: bounded(store.load),
    list: bounded(store.list),
    save: bounded(store.save),
    addParts: bounded(store.addParts),
    saveCopy: store.saveCopy,
    remove: bounded(store.remove),
  }
}

function storageError(how: string, cause?: unknown): OssStorageError {
  return new OssStorageError(`This browser's database ${how}: reload the page, and try again.`, {
    code: 'storage',
    retryable: true,
    cause,
  })
}
