import type { Browser } from '@playwright/test'

/** @throws where the pictures would have boxes in the place of Chinese characters. */
export async function requireChineseFont(browser: Browser): Promise<void> {
  const page = await browser.newPage()
  // What no font has looks like all else that no font has.
  const [one, other] = [await page.evaluate(draw, '杭'), await page.evaluate(draw, '州')]
  await page.close()
  if (one === other) throw new Error('No Chinese font: the pictures need one (fonts-noto-cjk).')
}

function draw(text: string): string {
  const pen = new OffscreenCanvas(40, 40).getContext('2d')
  if (!pen) throw new Error('This browser cannot draw.')
  pen.font = '30px sans-serif'
  pen.fillText(text, 0, 32)
  return pen.getImageData(0, 0, 40, 40).data.join()
}
