/** So many characters of a name's end are always seen: the type, and what tells `IMG_0041` from `IMG_0042`. */
const END_LENGTH = 10

const JOINED = /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{M}]/u

/**
 * Where a name may be cut when there is no room: before its last characters, never through one.
 */
export function splitName(name: string): readonly [start: string, end: string] {
  const characters = [...name]
  const cut = Math.max(0, characters.length - END_LENGTH)
  // Such letters change their form where they are cut from their neighbours.
  if (characters.slice(cut - 1, cut + 1).some((letter) => JOINED.test(letter))) return [name, '']
  return [characters.slice(0, cut).join(''), characters.slice(cut).join('')]
}

/** Such as `PDF`, for files without a picture; at most four characters. */
export function typeLabel(name: string): string {
  const dot = name.lastIndexOf('.')
  return dot > 0 ? name.slice(dot + 1, dot + 5).toUpperCase() : ''
}

/** What the clipboard calls `image.png`, by when it was pasted, on the user's clock. */
export function screenshotName(type: string, at: Date): string {
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000)
  const [day = '', time = ''] = local.toISOString().split(/[T.]/)
  const extension = /^image\/(\w+)/.exec(type)?.[1] ?? 'png'
  return `screenshot-${day}-${time.replaceAll(':', '-')}.${extension}`
}

/** The key, or with a number before its extension the first one that is free. */
export function freeKey(key: string, isTaken: (key: string) => boolean): string {
  const dot = key.lastIndexOf('.')
  const cut = dot > key.lastIndexOf('/') + 1 ? dot : key.length
  let free = key
  for (let number = 2; isTaken(free); number++) {
    free = `${key.slice(0, cut)} (${number})${key.slice(cut)}`
  }
  return free
}
