import type { Item } from './item.js'

/** Twice what is shown, for dense screens. */
const PIXELS = 96
/** A larger one may take more memory to decode than a phone has. */
const MOST_BYTES = 50_000_000

const pictures = new WeakMap<Item, Promise<ImageBitmap | undefined>>()
let last: Promise<unknown> = Promise.resolve()

/** The picture of an image: small, decoded off the page's thread; later the one the application offers. */
export function showThumbnail(place: HTMLElement, item: Item): void {
  if (item.thumbnail) showImage(place, item.thumbnail)
  else if (isImage(item) && !place.dataset['picture']) void showBitmap(place, item)
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

async function showBitmap(place: HTMLElement, item: Item): Promise<void> {
  place.dataset['picture'] = 'own'
  const bitmap = await bitmapOf(item)
  if (!bitmap || place.dataset['picture'] !== 'own') return
  const canvas = document.createElement('canvas')
  canvas.width = bitmap.width
  canvas.height = bitmap.height
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0)
  place.replaceChildren(canvas)
}

/** One at a time: a folder of photos would be decoded all at once. */
function bitmapOf(item: Item): Promise<ImageBitmap | undefined> {
  const known = pictures.get(item)
  if (known) return known
  const decoded = last.then(() => decode(item))
  last = decoded
  pictures.set(item, decoded)
  return decoded
}

function decode({ choice }: Item): Promise<ImageBitmap | undefined> {
  const options = { resizeWidth: PIXELS, resizeQuality: 'medium' } as const
  // Of a broken image, and of a drawing, there is none.
  return createImageBitmap(choice?.file ?? new Blob(), options).catch(() => undefined)
}
