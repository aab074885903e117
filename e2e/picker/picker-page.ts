import { stat } from 'node:fs/promises'
import { type Locator, type Page, test } from '@playwright/test'
import { devtools, isChromium } from '../support/devtools.js'

/** A page with a picker, as its user sees it. */
export function pickerPage(page: Page) {
  const picker = page.locator('oss-upload-picker').first()
  const row = (name: string): Locator => picker.getByRole('listitem').filter({ hasText: name })
  return {
    picker,
    row,
    rows: picker.getByRole('listitem'),
    button: (name: string | RegExp): Locator => picker.getByRole('button', { name }),
    /** What was spoken last. */
    said: picker.getByRole('status'),
    async choose(...paths: string[]): Promise<void> {
      await picker.locator('input[type=file]').first().setInputFiles(paths)
    },
    /** Drops real files and folders, as from the desktop; where the browser cannot be told to, files by a script. */
    async drop(target: Locator, ...paths: string[]): Promise<void> {
      if (!isChromium(page)) return dropByScript(page, target, paths)
      const box = await target.boundingBox()
      if (!box) throw new Error('There is nothing to drop on.')
      const at = { x: box.x + box.width / 2, y: box.y + Math.min(20, box.height / 2) }
      const session = await devtools(page)
      for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
        // Until it is dropped, a page learns no more than that there are files.
        const files = type === 'drop' ? paths : paths.slice(0, 1)
        const data = { items: [], files, dragOperationsMask: 1 }
        await session.send('Input.dispatchDragEvent', { type, ...at, data })
      }
      await session.detach()
    },
  }
}

/** The page hears of the same files in the same order; of a folder it cannot. */
async function dropByScript(page: Page, target: Locator, paths: readonly string[]): Promise<void> {
  const isFolder = await Promise.all(paths.map(async (path) => (await stat(path)).isDirectory()))
  test.skip(isFolder.includes(true), 'needs Chromium’s protocol to drop a folder')
  const source = await page.evaluateHandle(() =>
    Object.assign(document.createElement('input'), { type: 'file', multiple: true }),
  )
  await source.setInputFiles([...paths])
  await target.evaluate((element, { files }) => {
    const data = new DataTransfer()
    for (const file of files ?? []) data.items.add(file)
    const send = (type: string) =>
      element.dispatchEvent(
        new DragEvent(type, {
          bubbles: true,
          composed: true,
          cancelable: true,
          dataTransfer: data,
        }),
      )
    send('dragenter')
    // What nobody takes, or somebody refuses, is not dropped.
    data.dropEffect = 'copy'
    const isTaken = !send('dragover') || element.matches('[type=file]')
    const isRefused = (data.dropEffect as string) === 'none'
    send(isTaken && !isRefused ? 'drop' : 'dragleave')
  }, source)
  await source.dispose()
}

export type Heard = Window['heard'][number]

export function heard(page: Page): Promise<Heard[]> {
  return page.evaluate(() => window.heard)
}
