import { NAMES, type Sample, sampleFile } from './sample-files.js'
import type { Stage } from './studio.js'

const BYTES_PER_SECOND = 8_000_000

/** A state to be seen. */
export interface State {
  /** It is reached by what a user or a line does. */
  readonly reach: (stage: Stage) => Promise<void>
  /** Bytes and seconds in it are never the same twice. */
  readonly isMoving?: boolean
}

export const STATES: Readonly<Record<string, State>> = {
  empty: { reach: async () => {} },
  dragging: { reach: holdOver },
  uploading: { reach: uploading, isMoving: true },
  paused: { reach: paused, isMoving: true },
  unfinished: { reach: unfinished, isMoving: true },
  offline: { reach: offline, isMoving: true },
  done: { reach: done },
  failed: { reach: failed },
  refused: { reach: refused },
}

async function uploading(stage: Stage): Promise<void> {
  const { line, hasSent, language } = stage
  await line.slow(BYTES_PER_SECOND)
  await chooseSamples(stage, 'film')
  // It waits for the connections of the film.
  await hasSent(NAMES[language].film, 0.01)
  await chooseSamples(stage, 'archive')
  await hasSent(NAMES[language].film, 0.15)
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

async function paused(stage: Stage): Promise<void> {
  const { button, words, says, language } = stage
  await uploading(stage)
  await button(words.pauseAll).click()
  await says(NAMES[language].film, words.doing.paused)
  await says(NAMES[language].archive, words.doing.paused)
}

async function unfinished(stage: Stage): Promise<void> {
  const { open, words, says, language } = stage
  await uploading(stage)
  await open()
  await says(NAMES[language].film, words.doing.saved)
}

async function offline(stage: Stage): Promise<void> {
  const { line, words, says, language } = stage
  await uploading(stage)
  await line.cut()
  await says(NAMES[language].film, words.waiting.offline)
}

async function done(stage: Stage): Promise<void> {
  const { words, says, row, language } = stage
  await chooseSamples(stage, 'photo', 'document')
  await says(NAMES[language].photo, words.doing.succeeded)
  await says(NAMES[language].document, words.doing.succeeded)
  await row(NAMES[language].photo).locator('canvas').waitFor()
}

async function failed(stage: Stage): Promise<void> {
  const { page, words, says, language } = stage
  await page.route('**/api/oss/credentials', (route) => route.fulfill({ status: 403 }))
  await chooseSamples(stage, 'document')
  await says(NAMES[language].document, words.failed(words.reasons.credentials))
}

async function refused(stage: Stage): Promise<void> {
  const { picker, words, says, language } = stage
  await picker.evaluate((element) => {
    element.setAttribute('max-size', '1000000000')
    element.setAttribute('accept', 'video/*')
  })
  await chooseSamples(stage, 'footage', 'document')
  await says(NAMES[language].footage, words.tooLarge('1 GB'))
  await says(NAMES[language].document, words.notAccepted)
}
