/** OSS calls a server of yours once the object is stored, and its answer becomes the upload's. */
export interface UploadCallback {
  /** http or https; up to five, tried in order until one answers. */
  readonly url: string | readonly string[]
  /** Sent as it is but for OSS's variables, such as `key=${object}&size=${size}&user=${x:user}`. */
  readonly body: string
  /** @defaultValue `'application/x-www-form-urlencoded'` */
  readonly bodyType?: 'application/x-www-form-urlencoded' | 'application/json'
  /** The `Host` your server is called by. @defaultValue that of `url` */
  readonly host?: string
  /** Names the host when the connection is made, as https servers of several hosts need it. @defaultValue `false` */
  readonly sni?: boolean
  /** Your own variables, in `body` as `${x:name}`; names of small letters, digits, `_` and `-`. */
  readonly variables?: Readonly<Record<string, string>>
}

/** @see OSS "Callback". */
export function callbackHeaders(callback: UploadCallback | undefined): Record<string, string> {
  if (!callback) return {}
  const { url, body, bodyType, host, sni, variables = {} } = callback
  const entries = Object.entries(variables).map(([name, value]) => [`x:${name}`, value])
  return {
    'x-oss-callback': base64Json({
      callbackUrl: [url].flat().join(';'),
      callbackBody: body,
      callbackBodyType: bodyType,
      callbackHost: host,
      callbackSNI: sni,
    }),
    ...(entries.length > 0 && { 'x-oss-callback-var': base64Json(Object.fromEntries(entries)) }),
  }
}

function base64Json(value: unknown): string {
  const bytes = new TextEncoder().encode(JSON.stringify(value))
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}
