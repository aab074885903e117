import type { UploaderOptions } from 'oss-direct-upload'

/** Where uploads go: the app server alone knows. */
export interface Target
  extends Pick<UploaderOptions, 'region' | 'bucket' | 'endpoint' | 'addressing'> {
  readonly prefix: string
}

export async function askForTarget(): Promise<Target> {
  const response = await fetch('/api/oss/config')
  if (!response.ok) throw new Error(`The app server answered ${response.status}.`)
  return response.json()
}

/** `?verify=none&parallel=2&partSize=1048576&keepCopyUpTo=1e9&background=true` tries other settings. */
export function optionsFromAddress(): Partial<UploaderOptions> {
  const query = new URLSearchParams(location.search)
  const number = (name: string) => (query.has(name) ? { [name]: Number(query.get(name)) } : {})
  const verify = query.get('verify') as NonNullable<UploaderOptions['verify']> | null
  return {
    ...number('parallel'),
    ...number('partSize'),
    ...number('multipartThreshold'),
    ...number('keepCopyUpTo'),
    ...(verify ? { verify } : {}),
    ...(query.has('background') ? { background: query.get('background') === 'true' } : {}),
  }
}

/** Says in the page's head where uploads go, or why nowhere. */
export function showTarget(text: string): void {
  const place = document.getElementById('target')
  if (place) place.textContent = text
}

export function textOf({ bucket, region, prefix }: Target): string {
  return `Bucket ${bucket} in ${region}, keys begin with ${prefix}`
}

export function reasonOf(error: unknown): string {
  return `This page cannot upload: ${messageOf(error)}`
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
