import { createUploader, type Uploader, type UploaderOptions } from 'oss-direct-upload'

/** What an example's component is given. */
export interface Target {
  readonly uploader: Uploader
  readonly keyPrefix: string
}

interface Config extends Pick<UploaderOptions, 'region' | 'bucket' | 'endpoint' | 'addressing'> {
  readonly prefix: string
}

/** Where uploads go is known to the app server alone. */
export async function askForTarget(): Promise<Target> {
  const response = await fetch('/api/oss/config')
  if (!response.ok) throw new Error(`The app server answered ${response.status}.`)
  const { prefix, ...bucket }: Config = await response.json()
  const uploader = createUploader({ ...bucket, credentials: '/api/oss/credentials' })
  return { uploader, keyPrefix: prefix }
}
