/** What every client is given. */
export interface Job {
  /** `http://HOST:PORT`; objects by path. */
  readonly endpoint: string
  readonly bucket: string
  readonly region: string
  /** What keys begin with; the files' names come after it. */
  readonly prefix: string
  /** Bytes per part; the client's own choice without it. */
  readonly partSize?: number
  /** Requests in flight; the client's own choice without it. */
  readonly parallel?: number
  /** Of this library only. */
  readonly verify?: 'crc64' | 'crc64+md5' | 'none'
  /** Of this library only. */
  readonly persist?: boolean
  /** Of this library only: what it remembers of the line is forgotten first. */
  readonly isNewLine?: boolean
}

/** Uploads all the files and resolves when all are stored. */
export type Run = (files: readonly File[], job: Job) => Promise<void>

/** Of the form that STS hands out; the draining server takes any. */
export const CREDENTIALS = {
  accessKeyId: 'STS.NUwgzHcbWG3Xs4oEhEi1CA2kC',
  accessKeySecret: 'HcbWG3Xs4oEhEi1CA2kCNUwgzHcbWG3Xs4oEhEi1CA2k',
  securityToken: `CAIS${'bench0Token9'.repeat(60)}`,
}
