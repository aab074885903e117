import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { readLaunchOptions } from './launch-options.js'
import { takeAnimation } from './pictures/animation.js'
import { takeByHand } from './pictures/by-hand.js'
import { takePicker } from './pictures/picker.js'
import type { Studio } from './pictures/studio.js'
import { startDemo } from './run-demo.js'

/** Makes the pictures of docs/ of the built demo, in a real browser: `npm run docs:pictures`, `-- picker animation` for some. */
const PICTURES: Readonly<Record<string, (studio: Studio) => Promise<void>>> = {
  'by-hand': takeByHand,
  picker: takePicker,
  animation: takeAnimation,
}

const wanted = process.argv.slice(2)
const unknown = wanted.find((name) => !(name in PICTURES))
if (unknown) throw new Error(`There are no pictures "${unknown}", but: ${Object.keys(PICTURES)}.`)

const folder = await mkdtemp(join(tmpdir(), 'oss-pictures-'))
const demo = await startDemo({
  dataDir: join(folder, 'objects'),
  staticDir: '.demo-dist',
  envFile: join(folder, 'no.env'),
})
const browser = await chromium.launch(readLaunchOptions())
try {
  const url = demo.facts.find(([name]) => name === 'Page')?.[1] ?? ''
  for (const [name, take] of Object.entries(PICTURES)) {
    if (wanted.length === 0 || wanted.includes(name)) await take({ browser, url, folder })
  }
} finally {
  await browser.close()
  await demo.close()
  await rm(folder, { recursive: true, force: true })
}
