import type { Choice } from './item.js'
import type { Sentence } from './messages.js'

/** Which files are taken. */
export interface Rules {
  /** As of `<input accept>`; empty: every type. */
  readonly accept: string
  /** How many there may be in the list. */
  readonly maxFiles: number
  /** Bytes. */
  readonly maxSize: number
  /** Bytes. */
  readonly minSize: number
}

interface FileFacts {
  readonly name: string
  readonly type: string
  readonly size: number
}

/** Why a file is not taken. @param taken - Files that were taken before it. */
export function refusal(
  {
    file,
    isUnreadable,
    mayBeFolder,
  }: Pick<Choice, 'isUnreadable' | 'mayBeFolder'> & { readonly file: FileFacts },
  { accept, maxFiles, maxSize, minSize }: Rules,
  taken: number,
): Sentence | undefined {
  if (isUnreadable) return (messages) => messages[mayBeFolder ? 'maybeFolder' : 'unreadable']
  if (!isAccepted(file, accept)) return ({ notAccepted }) => notAccepted
  if (file.size > maxSize) return ({ tooLarge }, format) => tooLarge(format.bytes(maxSize))
  if (file.size < minSize) return ({ tooSmall }, format) => tooSmall(format.bytes(minSize))
  return taken >= maxFiles ? tooMany(maxFiles) : undefined
}

export function tooMany(maxFiles: number): Sentence {
  return (messages, format) => messages.tooMany(format.count(maxFiles))
}

/** @see HTML Standard, the `accept` attribute. */
export function isAccepted({ name, type }: Omit<FileFacts, 'size'>, accept: string): boolean {
  const tokens = acceptTokens(accept)
  if (tokens.length === 0) return true
  const lowerName = name.toLowerCase()
  return tokens.some((token) => {
    if (token.startsWith('.')) return lowerName.endsWith(token)
    return token.endsWith('/*') ? type.startsWith(token.slice(0, -1)) : type === token
  })
}

/** None: every type. As in HTML, what is neither an extension nor a type says nothing. */
export function acceptTokens(accept: string): string[] {
  const tokens = accept
    .toLowerCase()
    .split(',')
    .map((token) => token.trim())
    .filter((token) => /^\.|\//.test(token))
  return tokens.includes('*/*') ? [] : tokens
}
