import { STATES } from '../../scripts/pictures/states.js'
import { type Language, onStage, photograph, type Theme } from '../../scripts/pictures/studio.js'
import { expect, test } from '../support/fixtures.js'

const LANGUAGES: readonly Language[] = ['en', 'zh']
const THEMES: readonly Theme[] = ['light', 'dark']

/** Of the pixels: a letter more or a button of another colour is beyond the first. The second are the bars, and the numbers. */
const STILL = 0.0002
const MOVING = 0.03

for (const language of LANGUAGES) {
  for (const [state, { reach, isMoving }] of Object.entries(STATES)) {
    test(`the picker looks as in docs/states: ${state}, ${language}`, async ({
      browser,
      demoUrl,
      folder,
    }) => {
      const studio = { browser, url: demoUrl, folder }
      await onStage(studio, { language, theme: 'light', scale: 1 }, async (stage) => {
        await reach(stage)
        for (const theme of THEMES) {
          await stage.page.emulateMedia({ colorScheme: theme })
          expect(await photograph(stage)).toMatchSnapshot(`${state}-${theme}-${language}.png`, {
            maxDiffPixelRatio: isMoving ? MOVING : STILL,
          })
        }
      })
    })
  }
}
