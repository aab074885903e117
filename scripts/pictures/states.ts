import { mkdir, rm } from 'node:fs/promises'
import { NAMES, type Sample, sampleFile } from './sample-files.js'
import {
  type Language,
  onStage,
  photograph,
  type Stage,
  type Studio,
  type Theme,
} from './studio.js'

const FOLDER = 'docs/states'
const LANGUAGES: readonly Language[] = ['en', 'zh']
const THEMES: readonly Theme[] = ['light', 'dark']
const BYTES_PER_SECOND = 8_000_000

/** How the picker comes to be in a state, all of it by what a user or a line does. */
const STATES: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  empty: async () => {},
  dragging: holdOver,
  uploading,
  async paused(stage) {
    const { button, words, says, language } = stage
    await uploading(stage)
    await button(words.pauseAll).click()
    await says(NAMES[language].film, words.doing.paused)
    await says(NAMES[language].archive, words.doing.paused)
  },
  async done(stage) {
    const { words, says, row, language } = stage
    await chooseSamples(stage, 'photo', 'document')
    await says(NAMES[language].photo, words.doing.succeeded)
    await says(NAMES[language].document, words.doing.succeeded)
    await row(NAMES[language].photo).locator('canvas').waitFor()
  },
  async failed(stage) {
    const { page, words, says, language } = stage
    await page.route('**/api/oss/credentials', (route) => route.fulfill({ status: 403 }))
    await chooseSamples(stage, 'document')
    await says(NAMES[language].document, words.failed(words.reasons.credentials))
  },
  async refused(stage) {
    const { picker, words, says, language } = stage
    await picker.evaluate((element) => {
      element.setAttribute('max-size', '1000000000')
      element.setAttribute('accept', 'video/*')
    })
    await chooseSamples(stage, 'footage', 'document')
    await says(NAMES[language].footage, words.tooLarge('1 GB'))
    await says(NAMES[language].document, words.notAccepted)
  },
  async unfinished(stage) {
    const { page, words, says, language } = stage
    await uploading(stage)
    await page.reload()
    await says(NAMES[language].film, words.doing.saved)
  },
  async offline(stage) {
    const { line, words, says, language } = stage
    await uploading(stage)
    await line.cut()
    await says(NAMES[language].film, words.waiting.offline)
  },
}

/** Makes docs/states/: every state in both languages, light and dark, to be looked at one by one. */
export async function takeStates(studio: Studio): Promise<void> {
  await rm(FOLDER, { recursive: true, force: true })
  await mkdir(FOLDER)
  for (const language of LANGUAGES) {
    for (const [state, reach] of Object.entries(STATES)) {
      await onStage(studio, { language, theme: 'light', scale: 1 }, async (stage) => {
        await reach(stage)
        for (const theme of THEMES) {
          await stage.page.emulateMedia({ colorScheme: theme })
          await photograph(stage, `${FOLDER}/${state}-${theme}-${language}.png`)
        }
      })
    }
  }
}

async function uploading(stage: Stage): Promise<void> {
  const { line, hasSent, language } = stage
  await line.slow(BYTES_PER_SECOND)
  await chooseSamples(stage, 'film', 'archive')
  await hasSent(NAMES[language].film, 0.3)
}

async function chooseSamples(stage: Stage, ...samples: Sample[]): Promise<void> {
  await stage.choose(...(await Promise.all(samples.map((sample) => sampleFile(sample, stage)))))
}

/** Files from the desktop over the picker, not let go. */
async function holdOver(stage: Stage): Promise<void> {
  const { page, picker, words } = stage
  const box = await picker.boundingBox()
  if (!box) throw new Error('There is nothing to drop on.')
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 }
  const data = {
    items: [],
    files: [await sampleFile('document', stage)],
    dragOperationsMask: 1,
  }
  const session = await page.context().newCDPSession(page)
  for (const type of ['dragEnter', 'dragOver'] as const) {
    await session.send('Input.dispatchDragEvent', { type, ...at, data })
  }
  await picker.getByText(words.dropNow).waitFor()
}
