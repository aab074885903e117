import type { Browser, Page } from '@playwright/test'
import type { SavedUpload, UploaderOptions, UploadState, UploadTask } from 'oss-direct-upload'

export const PART_SIZE = 102_400

type Saved = Omit<SavedUpload, 'resume' | 'discard'>
type State = Pick<UploadState, 'status' | 'runsIn' | 'loaded' | 'total'>

declare global {
  interface Window {
    tasks: UploadTask[]
    uploader: import('oss-direct-upload').Uploader
  }
}

/** A page of an application that wants its uploads to go on without it. */
export function backgroundPage(page: Page) {
  return {
    page,
    async open(url: string, options: Partial<UploaderOptions> = {}): Promise<void> {
      await page.goto(url)
      await page.evaluate(
        async ({ options, partSize }) => {
          const config = await (await fetch('/api/oss/config')).json()
          window.tasks = []
          window.uploader = window.library.createUploader({
            ...config,
            credentials: '/api/oss/credentials',
            background: true,
            partSize,
            multipartThreshold: partSize,
            ...options,
          })
        },
        { options, partSize: PART_SIZE },
      )
    },
    /** Each under its name in the user's prefix. */
    async upload(...paths: string[]): Promise<void> {
      await page.getByLabel('Files').setInputFiles(paths)
      await page.evaluate(async () => {
        const { prefix } = await (await fetch('/api/oss/config')).json()
        for (const file of document.querySelector('input')?.files ?? []) {
          window.tasks.push(window.uploader.upload(file, { key: prefix + file.name }))
        }
      })
    },
    /** Uploads that somebody holds, and that somebody waits for in line. */
    locks: (): Promise<{ held: number; pending: number }> =>
      page.evaluate(async () => {
        const { held = [], pending = [] } = await navigator.locks.query()
        const count = (locks: LockInfo[]) =>
          locks.filter(({ name }) => name?.startsWith('oss-direct-upload:')).length
        return { held: count(held), pending: count(pending) }
      }),
    isWorkerUp: (): Promise<boolean> =>
      page.evaluate(async () => {
        const { held = [] } = await navigator.locks.query()
        return held.some(({ name }) => name === 'oss-direct-upload background')
      }),
    resumable: (): Promise<Saved[]> =>
      page.evaluate(async () =>
        (await window.uploader.resumable()).map(
          ({ resume: _resume, discard: _discard, ...saved }) => saved,
        ),
      ),
    /** Takes up the first of those that are unfinished. */
    resumeFirst: (): Promise<void> =>
      page.evaluate(async () => {
        const [saved] = await window.uploader.resumable()
        if (!saved) throw new Error('Nothing is there to resume.')
        window.tasks.push(await saved.resume())
      }),
    state: (): Promise<State | undefined> =>
      page.evaluate(() => {
        const state = window.tasks[0]?.state
        if (!state) return undefined
        const { status, runsIn, loaded, total } = state
        return { status, runsIn, loaded, total }
      }),
    press: (button: 'pause' | 'resume' | 'cancel'): Promise<void> =>
      page.evaluate(async (button) => {
        await window.tasks[0]?.[button]()
      }, button),
    /** How all tasks ended. */
    done: (): Promise<{ key: string; verified: boolean }[]> =>
      page.evaluate(async () =>
        (await Promise.all(window.tasks.map(({ done }) => done))).map(({ key, verified }) => ({
          key,
          verified,
        })),
      ),
    /** All that the origin keeps, as text. */
    stored: async (): Promise<string> =>
      JSON.stringify([
        await page.evaluate(() => [{ ...localStorage }, { ...sessionStorage }]),
        await page.evaluate(() => caches.keys()),
        await page.evaluate(readDatabases),
      ]),
    /** Names of the files whose handles the origin keeps. */
    handles: async (): Promise<string[]> => {
      const records = (await page.evaluate(readDatabases)) as { handle?: string }[]
      return records.flatMap(({ handle }) => handle ?? [])
    },
  }
}

export type BackgroundPage = ReturnType<typeof backgroundPage>

/** Every record of every database, a handle as its file's name. */
async function readDatabases(): Promise<unknown[]> {
  const records: unknown[] = []
  for (const { name = '' } of await indexedDB.databases()) {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open(name)
      opening.onsuccess = () => resolve(opening.result)
      opening.onerror = () => reject(opening.error)
    })
    for (const store of database.objectStoreNames) {
      const all = database.transaction(store).objectStore(store).getAll()
      await new Promise((resolve) => {
        all.onsuccess = resolve
      })
      for (const record of all.result) {
        const isHandle = record.handle instanceof FileSystemFileHandle
        records.push(isHandle ? { ...record, handle: record.handle.name } : record)
      }
    }
    database.close()
  }
  return records
}

/** The files of those that run. */
export async function sharedWorkers(browser: Browser): Promise<string[]> {
  const session = await browser.newBrowserCDPSession()
  const { targetInfos } = await session.send('Target.getTargets')
  await session.detach()
  return targetInfos.filter(({ type }) => type === 'shared_worker').map(({ url }) => url)
}
