import { writeFile } from 'node:fs/promises'
import { animatedPng, type Frame } from './animated-png.js'
import { lettersAreThere } from './letters.js'
import { NAMES, type Sample, sampleFile } from './sample-files.js'
import { frameOf, onStage, type Stage, type Studio } from './studio.js'

const BYTES_PER_SECOND = 9_000_000
const SAMPLES: readonly Sample[] = ['film', 'photo']
/** In pixels of CSS: the picker with two files. */
const HEIGHT = 300
/** Between two pictures, and what they are shown for. */
const STEP_MS = 250
const SHOWN_MS = 200

/** Makes docs/picker-animation.png: files are chosen, uploaded, paused, resumed and done. */
export async function takeAnimation(studio: Studio): Promise<void> {
  const frames: Frame[] = []
  await onStage(studio, { language: 'en', theme: 'light', scale: 1 }, (stage) =>
    play(stage, frames),
  )
  await writeFile('docs/picker-animation.png', animatedPng(frames))
}

async function play(stage: Stage, frames: Frame[]): Promise<void> {
  const { page, line, picker, chooseButton, button, choose, words, says, shareSent, language } =
    stage
  const { film, photo } = NAMES[language]
  const allDone = picker.getByText(words.summary('2', '2', '100%'))
  const clip = await frameOf(page, picker, HEIGHT)
  const show = async (showMs: number) => {
    await lettersAreThere(page)
    frames.push({ png: await page.screenshot({ clip }), showMs })
  }
  /** Shows how it goes on, until then. */
  const showUntil = async (isOver: () => Promise<boolean>) => {
    while (!(await isOver())) {
      await show(SHOWN_MS)
      await page.waitForTimeout(STEP_MS)
    }
  }

  await line.slow(BYTES_PER_SECOND)
  await show(1000)
  await chooseButton.hover()
  await show(500)
  await choose(...(await Promise.all(SAMPLES.map((sample) => sampleFile(sample, stage)))))
  await showUntil(async () => (await shareSent(film)) > 0.45)
  await button(words.pause(film)).hover()
  await show(500)
  await button(words.pause(film)).click()
  await says(film, words.doing.paused)
  await says(photo, words.doing.succeeded)
  await show(1200)
  await button(words.resume(film)).click()
  await showUntil(() => allDone.isVisible())
  await show(2500)
}
