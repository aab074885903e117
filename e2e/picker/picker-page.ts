import type { Locator, Page } from '@playwright/test'
import { devtools } from '../support/devtools.js'

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
    /** Drops real files and folders, as from the desktop. */
    async drop(target: Locator, ...paths: string[]): Promise<void> {
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

export type Heard = Window['heard'][number]

export function heard(page: Page): Promise<Heard[]> {
  return page.evaluate(() => window.heard)
}
