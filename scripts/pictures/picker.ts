import { writeFile } from 'node:fs/promises'
import { NAMES, type Sample, sampleFile } from './sample-files.js'
import { type Look, onStage, photograph, type Stage, type Studio } from './studio.js'

const BYTES_PER_SECOND = 8_000_000
const SAMPLES: readonly Sample[] = ['film', 'archive', 'photo', 'footage', 'document']
const LOOKS: readonly (readonly [file: string, look: Look])[] = [
  ['docs/picker.png', { language: 'en', theme: 'light', scale: 2 }],
  ['docs/picker-dark-zh.png', { language: 'zh', theme: 'dark', scale: 2 }],
]

/** Makes docs/picker.png and docs/picker-dark-zh.png: a list of files of which each is in another state. */
export async function takePicker(studio: Studio): Promise<void> {
  for (const [file, look] of LOOKS) {
    await onStage(studio, look, async (stage) => {
      await showFiveStates(stage)
      await writeFile(file, await photograph(stage))
    })
  }
}

/** The film is ahead of the others until it stands aside. */
async function showFiveStates(stage: Stage): Promise<void> {
  const { line, picker, row, button, choose, words, says, hasSent, language } = stage
  const { film, archive, photo, document } = NAMES[language]
  await picker.evaluate((element) => element.setAttribute('max-size', '1000000000'))
  await line.slow(BYTES_PER_SECOND)
  await choose(...(await Promise.all(SAMPLES.map((sample) => sampleFile(sample, stage)))))
  await hasSent(film, 0.05)
  await button(words.pause(film)).click()
  await hasSent(archive, 0.35)
  await button(words.pause(archive)).click()
  await says(photo, words.doing.succeeded)
  await row(photo).locator('canvas').waitFor()
  await says(document, words.doing.succeeded)
  await button(words.resume(film)).click()
  await hasSent(film, 0.62)
}
