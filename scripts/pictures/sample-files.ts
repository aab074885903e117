import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileOf, writeSparseFile } from '../../e2e/support/files.js'
import type { Language, Stage } from './studio.js'

const MB = 1_000_000

/** What somebody uploads, in the order of their lists; `footage` is what is too large. */
export const NAMES = {
  en: {
    film: 'Summer in Hangzhou.mp4',
    archive: 'Lecture recordings.zip',
    photo: 'West Lake at dawn.jpg',
    footage: 'Raw footage.mov',
    document: 'Contract.pdf',
  },
  zh: {
    film: '杭州的夏天.mp4',
    archive: '课程录像.zip',
    photo: '清晨的西湖.jpg',
    footage: '原始素材.mov',
    document: '合同 2026.pdf',
  },
} satisfies Record<Language, Record<string, string>>

export type Sample = keyof (typeof NAMES)['en']

/** Bytes; those of the photo come of its being drawn. */
const SIZES = { film: 84 * MB, archive: 60 * MB, footage: 2_140 * MB, document: 0.3 * MB }

/** @returns the path of the file, which is there afterwards. */
export async function sampleFile(
  sample: Sample,
  { folder, language, page }: Stage,
): Promise<string> {
  const name = NAMES[language][sample]
  if (sample === 'document') return writeFileOf(folder, name, SIZES.document)
  if (sample !== 'photo') return writeSparseFile(folder, name, SIZES[sample])
  const path = join(folder, name)
  await writeFile(path, Buffer.from(await page.evaluate(drawPhoto), 'base64'))
  return path
}

/** A lake between hills, the sun above: as JPEG in Base64. */
async function drawPhoto(): Promise<string> {
  const canvas = new OffscreenCanvas(1600, 1600)
  const pen = canvas.getContext('2d')
  if (!pen) throw new Error('This browser cannot draw.')
  const sky = pen.createLinearGradient(0, 0, 0, 1000)
  sky.addColorStop(0, '#35608f')
  sky.addColorStop(1, '#ffd9a0')
  const water = pen.createLinearGradient(0, 1000, 0, 1600)
  water.addColorStop(0, '#e9b98a')
  water.addColorStop(1, '#1f4c6b')
  // No function may stand in here that has a name: tsx keeps names by something the page does not have.
  const shapes = [
    [sky, 'M0 0h1600v1000H0z'],
    ['#fff4d6', 'M960 560a160 160 0 0 1 320 0a160 160 0 0 1-320 0'],
    ['#6d7f98', 'M-220 1000a620 420 0 0 1 1240 0z'],
    ['#43566e', 'M720 1000a560 260 0 0 1 1120 0z'],
    [water, 'M0 1000h1600v600H0z'],
  ] as const
  for (const [colour, path] of shapes) {
    pen.fillStyle = colour
    pen.fill(new Path2D(path))
  }
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.95 })
  const bytes = new Uint8Array(await blob.arrayBuffer())
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}
