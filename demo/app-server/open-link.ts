import type { Grant } from './grant.js'
import { HttpError } from './http-error.js'
import { percentEncode } from './oss-address.js'
import { presignGet } from './presign.js'
import type { Settings } from './settings.js'

const LINK_LIFE_SECONDS = 60
const MAX_KEY_BYTES = 1023

/** Types a browser shows without running anything in them; everything else is saved instead. */
const SHOWN_TYPES: ReadonlyMap<string, string> = new Map([
  ...(['png', 'gif', 'webp', 'avif'] as const).map((name) => [name, `image/${name}`] as const),
  ...(['jpg', 'jpeg'] as const).map((name) => [name, 'image/jpeg'] as const),
  ...(['mp4', 'webm'] as const).map((name) => [name, `video/${name}`] as const),
  ...(['ogg', 'wav'] as const).map((name) => [name, `audio/${name}`] as const),
  ['mp3', 'audio/mpeg'],
  ['m4a', 'audio/mp4'],
  ['txt', 'text/plain; charset=utf-8'],
])

/** Throws 403 unless the key lies inside the prefix and every client would send it as it stands. */
export function checkOwnKey(key: string, prefix: string): void {
  const isOwn = key.startsWith(prefix) && key.length > prefix.length
  // Browsers resolve dot segments before they send: the link would be signed for one object and ask for another.
  const isPlain = !key.split('/').some((part) => /^\.{1,2}$/.test(part))
  if (!isOwn || !isPlain || Buffer.byteLength(key) > MAX_KEY_BYTES) {
    throw new HttpError(403, 'outside_prefix', `The key must be one below ${prefix}.`)
  }
}

/** Where to read an object for the next minute. What it claims to be is our decision, not that of whoever uploaded it. */
export function openLink(settings: Settings, key: string, credentials: Grant): string {
  const name = key.slice(key.lastIndexOf('/') + 1)
  const extension = name.slice(name.lastIndexOf('.') + 1).toLowerCase()
  const type = SHOWN_TYPES.get(extension)
  const query = {
    'response-content-type': type ?? 'application/octet-stream',
    'response-content-disposition': `${type ? 'inline' : 'attachment'}; filename*=UTF-8''${percentEncode(name)}`,
  }
  const { now } = settings
  return presignGet(settings, {
    key,
    query,
    credentials,
    expiresInSeconds: LINK_LIFE_SECONDS,
    now: now(),
  })
}
