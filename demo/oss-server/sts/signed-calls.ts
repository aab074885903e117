import { randomUUID } from 'node:crypto'
import { acs3Signature, sha256Hex } from './acs3-signature.js'
import { canonicalParameters } from './percent-encode.js'
import { rpcSignature } from './rpc-signature.js'

/** What the tests of the STS have in common: a caller that signs in either style. */
export const trusted = { accessKeyId: 'LTAItest', accessKeySecret: 'test-secret' }
export const now = Date.parse('2025-01-02T03:04:05.678Z')
export const role = {
  RoleArn: 'acs:ram::1234567890123456:role/uploader',
  RoleSessionName: 'u-42',
}

export type Parameters = Record<string, string>
export interface Answer {
  status: number
  code: string
  text: string
  body: Record<string, never> & {
    Credentials: Record<'AccessKeyId' | 'AccessKeySecret' | 'SecurityToken' | 'Expiration', string>
    AssumedRoleUser: Record<'Arn' | 'AssumedRoleId', string>
  }
}

export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text()
  const body = text.startsWith('{') ? JSON.parse(text) : {}
  return { status: response.status, code: body.Code ?? 'OK', text, body }
}

function isoSeconds(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`
}

export interface Acs3Options {
  method?: string
  form?: Parameters
  key?: { accessKeyId: string; accessKeySecret: string; securityToken?: string }
  headers?: Parameters
  unsigned?: string
  authorization?: string
}

/** A call with the header signature; the parameters go in the query unless given as a form. */
export async function acs3(
  endpoint: string,
  query: Parameters,
  options: Acs3Options = {},
): Promise<Answer> {
  const { method = 'POST', form } = options
  const key: NonNullable<Acs3Options['key']> = options.key ?? trusted
  const body = Buffer.from(form ? canonicalParameters(Object.entries(form)) : '')
  const headers: Parameters = {
    host: new URL(endpoint).host,
    'x-acs-action': 'AssumeRole',
    'x-acs-version': '2015-04-01',
    'x-acs-date': isoSeconds(now),
    'x-acs-signature-nonce': randomUUID(),
    'x-acs-content-sha256': sha256Hex(body),
    ...(key.securityToken ? { 'x-acs-security-token': key.securityToken } : {}),
    ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
    ...options.headers,
  }
  const signedHeaders = Object.keys(headers).filter((name) => name !== options.unsigned)
  const pairs = Object.entries(query)
  const signature = acs3Signature(
    { method, query: pairs, headers, signedHeaders, body },
    key.accessKeySecret,
  )
  const authorization = `ACS3-HMAC-SHA256 Credential=${key.accessKeyId},SignedHeaders=${signedHeaders.join(';')},Signature=${signature}`
  const response = await fetch(`${endpoint}/?${canonicalParameters(pairs)}`, {
    method,
    headers: { ...headers, authorization: options.authorization ?? authorization },
    ...(form ? { body } : {}),
  })
  return answerOf(response)
}

/** A call with the older signature in the parameters. */
export async function rpc(
  endpoint: string,
  changes: Parameters,
  options: { method?: 'GET' | 'POST'; secret?: string } = {},
): Promise<Answer> {
  const { method = 'POST', secret = trusted.accessKeySecret } = options
  const parameters: Parameters = {
    ...role,
    Action: 'AssumeRole',
    Version: '2015-04-01',
    AccessKeyId: trusted.accessKeyId,
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: randomUUID(),
    Timestamp: isoSeconds(now),
    ...changes,
  }
  const Signature = rpcSignature(method, new Map(Object.entries(parameters)), secret)
  const signed = new URLSearchParams({ Signature, ...parameters })
  const response =
    method === 'GET'
      ? await fetch(`${endpoint}/?${signed}`)
      : await fetch(endpoint, { method, body: signed })
  return answerOf(response)
}
