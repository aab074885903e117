import { type Browser, expect, type Locator, type Page } from '@playwright/test'
import { pickerPage } from '../../e2e/picker/picker-page.js'
import { MIB } from '../../e2e/support/files.js'
import { en, type Messages } from '../../src/picker/messages.js'
import { zh } from '../../src/picker/messages-zh.js'
import { giveSameLetters, lettersAreThere } from './letters.js'
import { createLine, type Line } from './line.js'

/** Where pictures are taken. */
export interface Studio {
  readonly browser: Browser
  /** Of the demo, with its local OSS behind it. */
  readonly url: string
  /** For the files that are uploaded. */
  readonly folder: string
}

export type Language = 'en' | 'zh'
export type Theme = 'light' | 'dark'

export interface Look {
  readonly language: Language
  readonly theme: Theme
  /** Pixels of the picture to one of CSS. */
  readonly scale: number
}

/** The picker, ready to be used and to be seen. */
export interface Stage extends ReturnType<typeof pickerPage> {
  readonly page: Page
  /** Opens it, or opens it anew. */
  readonly open: () => Promise<void>
  readonly chooseButton: Locator
  readonly line: Line
  readonly folder: string
  readonly language: Language
  /** What the picker says. */
  readonly words: Messages
  /** Until the picker says it of the file. */
  readonly says: (name: string, words: string) => Promise<void>
  /** From 0 to 1. */
  readonly shareSent: (name: string) => Promise<number>
  /** Until more than such a share of the file is sent, and it is known how long the rest takes. */
  readonly hasSent: (name: string, share: number) => Promise<void>
}

const TAGS = { en: 'en', zh: 'zh-CN' }
const WORDS = { en, zh }
/** In pixels of CSS; the picker is 696 wide in the demo. */
const MARGIN = { x: 32, y: 24 }
const VIEWPORT = { width: 800, height: 900 }
/** Small enough that little of a paused file has to be sent again. */
const PART_SIZE = MIB

/** A visit of somebody who has never been there, from the first look to the last. */
export async function onStage(
  { browser, url, folder }: Studio,
  { language, theme, scale }: Look,
  play: (stage: Stage) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({
    viewport: VIEWPORT,
    deviceScaleFactor: scale,
    colorScheme: theme,
    // A picture in the middle of a transition is never the same twice.
    reducedMotion: 'reduce',
    // The letters are not the demo's own.
    bypassCSP: true,
  })
  try {
    const page = await context.newPage()
    await page.addInitScript(setLanguage, TAGS[language])
    const open = async () => {
      await page.goto(`${url}?partSize=${PART_SIZE}`)
      await giveSameLetters(page)
    }
    const stage = stageOf({ page, open, line: await createLine(page), folder, language })
    await open()
    await expect(stage.chooseButton).toBeEnabled()
    await play(stage)
  } finally {
    await context.close()
  }
}

function stageOf(given: Pick<Stage, 'page' | 'open' | 'line' | 'folder' | 'language'>): Stage {
  const { page, language } = given
  const shown = pickerPage(page)
  const { row } = shown
  const words = WORDS[language]
  const says = (name: string, text: string) => row(name).filter({ hasText: text }).waitFor()
  const shareSent = (name: string) => row(name).getByRole('progressbar').evaluate(barValue)
  return {
    ...shown,
    chooseButton: shown.picker.getByRole('button', { name: words.chooseFiles, exact: true }),
    ...given,
    words,
    says,
    shareSent,
    async hasSent(name, share) {
      const often = { timeout: 60_000, intervals: [50] }
      await expect.poll(() => shareSent(name), often).toBeGreaterThan(share)
      await says(name, words.timeLeft('').trim())
    },
  }
}

/** The picker with a little of the page around it, and nothing that stands there. @returns a PNG. */
export async function photograph({ page, picker }: Stage): Promise<Buffer> {
  // Nothing is pointed at.
  await page.mouse.move(0, 0)
  await lettersAreThere(page)
  return page.screenshot({ clip: await frameOf(page, picker) })
}

/** Where a picture of the picker has its edges, be it higher than now. */
export async function frameOf(page: Page, picker: Locator, height?: number) {
  await page.evaluate(() => {
    for (const other of document.querySelectorAll<HTMLElement>('nav, header')) {
      other.style.visibility = 'hidden'
    }
  })
  const box = await picker.boundingBox()
  if (!box) throw new Error('There is no picker to be seen.')
  return {
    x: box.x - MARGIN.x,
    y: box.y - MARGIN.y,
    width: box.width + 2 * MARGIN.x,
    height: (height ?? box.height) + 2 * MARGIN.y,
  }
}

/** Before any element speaks: scripts of modules run when the markup is read. */
function setLanguage(tag: string): void {
  document.addEventListener('readystatechange', () => {
    document.documentElement.lang = tag
  })
}

function barValue(bar: HTMLElement | SVGElement): number {
  return (bar as HTMLProgressElement).value
}
