import type { Page } from '@playwright/test'

/** What the page's own store has of unfinished uploads: records, and parts on record. */
export function recorded(page: Page): Promise<{ records: number; parts: number }> {
  return page.evaluate(async () => {
    // Opening a database that is not there would make an empty one.
    const isThere = (await indexedDB.databases()).some(({ name }) => name === 'oss-direct-upload')
    if (!isThere) return { records: 0, parts: 0 }
    return new Promise<{ records: number; parts: number }>((resolve, reject) => {
      const opening = indexedDB.open('oss-direct-upload')
      opening.onerror = () => reject(opening.error)
      opening.onsuccess = () => {
        const database = opening.result
        const all = database.transaction('checkpoints').objectStore('checkpoints').getAll()
        all.onsuccess = () => {
          database.close()
          const batches = all.result.filter(Array.isArray)
          resolve({ records: all.result.length - batches.length, parts: batches.flat().length })
        }
      }
    })
  })
}

export async function recordedParts(page: Page): Promise<number> {
  return (await recorded(page)).parts
}
