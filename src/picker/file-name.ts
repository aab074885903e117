/** So many characters of a name's end are always seen: the type, and what tells `IMG_0041` from `IMG_0042`. */
const END_LENGTH = 10

/** What turns the letters around it, or breaks the line, so that a name seems to be another: `photo.exe` one that ends in `.jpg`. */
const UNSEEN = /[\p{Bidi_Control}\p{Cc}\p{Zl}\p{Zp}]/gu

/** A name as it is shown, and only there: the file keeps its own. */
export function shownName(name: string): string {
  return name.replace(UNSEEN, '')
}

const JOINED = /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{M}]/u
const LETTER = /\p{L}/u
/** Hebrew, Arabic and those beside them. */
const LEFTWARD = /[\u0590-\u08ff]/

/** Where a name may be cut when there is no room: before its last characters, never through one. */
export function splitName(name: string): readonly [start: string, end: string] {
  const characters = charactersOf(name)
  const cut = Math.max(0, characters.length - END_LENGTH)
  const beside = characters.slice(cut - 1, cut + 1)
  // Such letters change their form where they are cut from their neighbours.
  if (beside.some((letter) => JOINED.test(letter)) || !keepsOrder(name, beside)) return [name, '']
  return [characters.slice(0, cut).join(''), characters.slice(cut).join('')]
}

/** Cut within a word or a number of the other direction, a name of both would be shown in another order. */
function keepsOrder(name: string, beside: readonly string[]): boolean {
  const isLeftward = LEFTWARD.test(LETTER.exec(name)?.[0] ?? '')
  const goesOn = (letter: string) => LETTER.test(letter) && LEFTWARD.test(letter) === isLeftward
  return !LEFTWARD.test(name) || beside.some(goesOn)
}

/** What a reader takes for one, such as a letter with its marks. */
function charactersOf(text: string): string[] {
  // Firefox before 125 has none.
  if (!('Segmenter' in Intl)) return [...text]
  return Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment)
}

/** Such as `PDF`, for files without a picture; at most four characters. */
export function typeLabel(name: string): string {
  const dot = name.lastIndexOf('.')
  return dot > 0
    ? charactersOf(name.slice(dot + 1))
        .slice(0, 4)
        .join('')
        .toUpperCase()
    : ''
}

/** What the clipboard calls `image.png`, by when it was pasted, on the user's clock. */
export function screenshotName(type: string, at: Date): string {
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000)
  const [day = '', time = ''] = local.toISOString().split(/[T.]/)
  const extension = /^image\/(\w+)/.exec(type)?.[1] ?? 'png'
  return `screenshot-${day}-${time.replaceAll(':', '-')}.${extension}`
}

/**
 * The key, or with a number before its extension one that is free: the next, where no number was given up. It is searched by halves,
 * for there may be ten thousand files of one name.
 */
export function freeKey(key: string, isTaken: (key: string) => boolean): string {
  const dot = key.lastIndexOf('.')
  const cut = dot > key.lastIndexOf('/') + 1 ? dot : key.length
  const numbered = (number: number) =>
    number === 1 ? key : `${key.slice(0, cut)} (${number})${key.slice(cut)}`
  let [taken, free] = [0, 1]
  while (isTaken(numbered(free))) [taken, free] = [free, free * 2]
  while (free - taken > 1) {
    const middle = Math.floor((taken + free) / 2)
    if (isTaken(numbered(middle))) taken = middle
    else free = middle
  }
  return numbered(free)
}
