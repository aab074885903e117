import { invalidArgument, type OssError } from '../oss-error.js'
import type { OssRequest } from '../oss-request.js'

const MAX_BYTES = 5 * 1024
const MAX_URLS = 5
const BODY_TYPES = ['application/x-www-form-urlencoded', 'application/json']

/** What the uploader asked OSS to tell the app server. */
export interface Callback {
  urls: URL[]
  host: string | undefined
  body: string
  bodyType: string
  sni: boolean
  variables: Record<string, string>
}

/** From the headers or the query, never both. Throws before anything is stored when it makes no sense. */
export function readCallback({ headers, query }: OssRequest): Callback | undefined {
  const fromHeaders = headers['x-oss-callback']
  const fromQuery = query.get('callback') ?? undefined
  const varFromHeaders = headers['x-oss-callback-var']
  const varFromQuery = query.get('callback-var') ?? undefined
  if ((fromHeaders ?? varFromHeaders) && (fromQuery ?? varFromQuery)) {
    const message = 'The callback is in the header and in the query.'
    throw invalidArgument(message, 'callback', fromHeaders ?? '')
  }
  const encoded = fromHeaders ?? fromQuery
  if (!encoded) return undefined
  const encodedVar = varFromHeaders ?? varFromQuery
  const variables = encodedVar ? decodeJson(encodedVar, 'callback-var') : {}
  return parseCallback(encoded, variables)
}

export function parseCallback(encoded: string, variables: Record<string, unknown>): Callback {
  const config = decodeJson(encoded, 'callback')
  const { callbackUrl, callbackHost, callbackBody, callbackBodyType, callbackSNI } = config
  const bodyType = callbackBodyType ?? 'application/x-www-form-urlencoded'
  if (typeof callbackBody !== 'string' || callbackBody === '') {
    throw invalidCallback('The callback configuration has no callbackBody.', encoded)
  }
  if (typeof bodyType !== 'string' || !BODY_TYPES.includes(bodyType)) {
    throw invalidCallback('The callbackBodyType is invalid.', encoded)
  }
  return {
    urls: parseUrls(callbackUrl, encoded),
    host: typeof callbackHost === 'string' && callbackHost !== '' ? callbackHost : undefined,
    body: callbackBody,
    bodyType,
    sni: callbackSNI === true,
    variables: checkVariables(variables),
  }
}

function parseUrls(value: unknown, encoded: string): URL[] {
  const texts = typeof value === 'string' ? value.split(';').filter((text) => text !== '') : []
  const urls = texts.map((text) => {
    const withScheme = /^https?:\/\//i.test(text) ? text : `http://${text}`
    return URL.canParse(withScheme) ? new URL(withScheme) : undefined
  })
  const valid = urls.filter((url) => url !== undefined && !url.hostname.startsWith('['))
  if (valid.length === 0 || valid.length !== urls.length || valid.length > MAX_URLS) {
    throw invalidCallback('The callback url is invalid.', encoded)
  }
  return valid as URL[]
}

function checkVariables(variables: Record<string, unknown>): Record<string, string> {
  const entries = Object.entries(variables).map(([name, value]) => {
    if (/^x:[^A-Z]+$/.test(name) && typeof value === 'string') return [name, value] as const
    const message = 'Callback variables must be texts with lower-case names that start with x:.'
    throw invalidArgument(message, 'callback-var', name)
  })
  return Object.fromEntries(entries)
}

function decodeJson(encoded: string, name: string): Record<string, unknown> {
  if (encoded.length > MAX_BYTES) throw invalidCallback(`The ${name} is longer than 5 KB.`, encoded)
  const bytes = Buffer.from(encoded, 'base64')
  if (bytes.toString('base64') !== encoded) {
    throw invalidCallback(`The ${name} configuration is not base64 encoded.`, encoded)
  }
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch {
    // Said below, together with JSON that is no object.
  }
  throw invalidCallback(`The ${name} configuration is not json format.`, encoded)
}

function invalidCallback(message: string, value: string): OssError {
  return invalidArgument(message, 'callback', value)
}
