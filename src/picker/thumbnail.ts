import type { Item } from './item.js'

/** Twice what is shown, for dense screens. */
const PIXELS = 96
/** A larger one may take more memory to decode than a phone has. */
const MOST_BYTES = 50_000_000

/** None of a broken image, nor of a drawing. */
const pictures = new WeakMap<Item, HTMLCanvasElement | undefined>()
/** One at a time, the last first: those asked for before may be scrolled out of view by now. */
const waiting: (readonly [place: HTMLElement, item: Item])[] = []
let isDecoding = false

/** The picture of an image: small, decoded off the page's thread; later the one the application offers. */
export function showThumbnail(place: HTMLElement, item: Item): void {
  if (item.thumbnail) showImage(place, item.thumbnail)
  else if (isImage(item) && !place.dataset['picture']) showOwn(place, item)
}

function isImage({ choice }: Item): boolean {
  return choice?.file.type.startsWith('image/') === true && choice.file.size <= MOST_BYTES
}

function showImage(place: HTMLElement, url: string): void {
  if (place.dataset['picture'] === url) return
  place.dataset['picture'] = url
  const image = document.createElement('img')
  image.alt = ''
  // Dragged onto the zone, it would be uploaded.
  image.draggable = false
  image.decoding = 'async'
  // Until it has come, and where it does not, what was there stays.
  image.onload = () => place.replaceChildren(image)
  image.src = url
}

function showOwn(place: HTMLElement, item: Item): void {
  place.dataset['picture'] = 'own'
  if (pictures.has(item)) showCanvas(place, pictures.get(item))
  else {
    waiting.push([place, item])
    if (!isDecoding) void decodeWaiting()
  }
}

function showCanvas(place: HTMLElement, canvas: HTMLCanvasElement | undefined): void {
  if (canvas && place.dataset['picture'] === 'own') place.replaceChildren(canvas)
}

async function decodeWaiting(): Promise<void> {
  isDecoding = true
  // When all rows of this frame have their place in the list.
  await undefined
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [place, item] = next
    if (!place.closest('ul')) continue
    if (!pictures.has(item)) pictures.set(item, await pictureOf(item))
    showCanvas(place, pictures.get(item))
  }
  isDecoding = false
}

async function pictureOf({ choice }: Item): Promise<HTMLCanvasElement | undefined> {
  const options = { resizeWidth: PIXELS, resizeQuality: 'medium' } as const
  const bitmap = await createImageBitmap(choice?.file ?? new Blob(), options).catch(() => undefined)
  if (!bitmap) return undefined
  const { width, height } = bitmap
  const canvas = document.createElement('canvas')
  canvas.width = width
  // Of a tall one its middle is seen.
  canvas.height = Math.min(height, PIXELS)
  canvas.getContext('2d')?.drawImage(bitmap, 0, Math.round((canvas.height - height) / 2))
  bitmap.close()
  return canvas
}
