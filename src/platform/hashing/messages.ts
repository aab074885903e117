export type HashAlgorithm = 'crc64' | 'md5'

/** Page -> worker. */
export type HashRequest =
  | {
      readonly type: 'digest'
      readonly id: number
      readonly algorithm: HashAlgorithm
      readonly slice: Blob
    }
  | { readonly type: 'cancel'; readonly id: number }
  | { readonly type: 'ping' }

/** Worker -> page. */
export type HashReply =
  | { readonly type: 'digested'; readonly id: number; readonly digest: string }
  | { readonly type: 'unreadable'; readonly id: number; readonly reason: string }
  | { readonly type: 'pong' }
