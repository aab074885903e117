import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import type { OssServer } from '../../demo/oss-server/server.js'

const BUNDLE = 'node_modules/ali-oss/dist/aliyun-oss-sdk.min.js'

export interface Credentials {
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly securityToken: string
}

export interface Part {
  readonly number: number
  readonly etag: string
}

interface Answer {
  readonly status: number
  /** Those the browser lets a page read. */
  readonly headers: Readonly<Record<string, string>>
}

/** Of the vendor's SDK, what the tests call; its own types are those of its build for Node. */
interface Sdk {
  put(key: string, file: Blob, options?: object): Promise<{ res: Answer }>
  get(key: string): Promise<{ content: Uint8Array<ArrayBuffer>; res: Answer }>
  head(key: string): Promise<{ res: Answer }>
  multipartUpload(
    key: string,
    file: Blob,
    options: {
      partSize?: number
      parallel?: number
      progress?: (fraction: number, checkpoint: Checkpoint | undefined) => void
      checkpoint?: Checkpoint | undefined
    },
  ): Promise<{ etag: string; res: Answer }>
  initMultipartUpload(key: string): Promise<{ uploadId: string }>
  uploadPart(
    key: string,
    uploadId: string,
    partNumber: number,
    file: Blob,
    start: number,
    end: number,
  ): Promise<{ etag: string }>
  listParts(key: string, uploadId: string, query: object): Promise<ListedParts>
  listUploads(query: object): Promise<{
    uploads: { name: string; uploadId: string }[]
    isTruncated: boolean
    nextKeyMarker: string
    nextUploadIdMarker: string
  }>
  completeMultipartUpload(key: string, uploadId: string, parts: Part[]): Promise<{ etag: string }>
  abortMultipartUpload(key: string, uploadId: string): Promise<{ res: Answer }>
  cancel(): void
  signatureUrlV4(method: string, seconds: number, request: object, key: string): Promise<string>
}

interface ListedParts {
  readonly isTruncated: string
  readonly nextPartNumberMarker: string
  readonly parts: readonly { PartNumber: string; Size: string; ETag: string }[]
}

/** What can be kept of it: the File in it is lost with the page. */
export interface Checkpoint {
  readonly name: string
  readonly fileSize: number
  readonly partSize: number
  readonly uploadId: string
  readonly doneParts: readonly Part[]
}

/** How a call of the SDK was refused. */
export interface Refusal {
  readonly name: string
  readonly message: string
  readonly status?: number
  readonly code?: string
  readonly ecCode?: string
  readonly requestId?: string
}

declare global {
  interface Window {
    readonly OSS: new (options: object) => Sdk
    /** Whoever is given, or a visitor with a grant of the app server. */
    readonly sdk: (credentials?: Credentials, options?: object) => Promise<Sdk>
    readonly refusalOf: (call: Promise<unknown>) => Promise<Refusal | 'done'>
    /** The same bytes for the same size and seed. */
    readonly sample: (size: number, seed: number) => Blob
    readonly sha256: (bytes: Blob | Uint8Array<ArrayBuffer>) => Promise<string>
  }
}

/** Writes a site that has the vendor's SDK and none of our code. */
export async function writeSdkSite(folder: string): Promise<void> {
  await copyFile(BUNDLE, join(folder, 'sdk.js'))
  const head =
    '<title>ali-oss</title><link rel="icon" href="data:,"><script src="/sdk.js"></script>'
  await writeFile(join(folder, 'index.html'), `<!doctype html>${head}`)
}

/** Opens that site, ready to call this OSS. */
export async function openSdkPage(page: Page, url: string, oss: OssServer): Promise<void> {
  await page.goto(url)
  const { endpoint, bucket, region } = oss
  await page.evaluate(addTools, { endpoint, bucket, region: `oss-${region}` })
}

/** Runs in the page. */
function addTools(target: { endpoint: string; bucket: string; region: string }): void {
  async function askAppServer(): Promise<Credentials> {
    const response = await fetch('/api/oss/credentials', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{"reason":"first"}',
    })
    return response.json()
  }

  async function sdk(given?: Credentials, options: object = {}): Promise<Sdk> {
    const { accessKeyId, accessKeySecret, securityToken } = given ?? (await askAppServer())
    return new window.OSS({
      ...target,
      accessKeyId,
      accessKeySecret,
      stsToken: securityToken,
      authorizationV4: true,
      ...options,
    })
  }

  async function refusalOf(call: Promise<unknown>): Promise<Refusal | 'done'> {
    try {
      await call
      return 'done'
    } catch (error) {
      const { name, message, status, code, ecCode, requestId } = error as Refusal
      return JSON.parse(JSON.stringify({ name, message, status, code, ecCode, requestId }))
    }
  }

  function sample(size: number, seed: number): Blob {
    const bytes = new Uint8Array(size)
    let state = seed
    for (let i = 0; i < size; i++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      bytes[i] = state >>> 24
    }
    return new Blob([bytes])
  }

  async function sha256(bytes: Blob | Uint8Array<ArrayBuffer>): Promise<string> {
    const input = await new Blob([bytes]).arrayBuffer()
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', input))
    return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
  }

  Object.assign(window, { sdk, refusalOf, sample, sha256 })
}
