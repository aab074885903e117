import type { CorsRule } from '../cors.js'
import { OssError } from '../oss-error.js'
import { type Reply, xmlReply } from '../reply.js'
import { childText, childTexts, readXml, writeXml, type XmlElement, type XmlNode } from '../xml.js'
import type { Call } from './call.js'
import { readText } from './receive.js'

const MAX_XML_BYTES = 16 * 1024
const MAX_RULES = 10
const METHODS = ['GET', 'PUT', 'DELETE', 'POST', 'HEAD']

export async function putBucketCors(call: Call): Promise<Reply> {
  const root = readXml(await readText(call, MAX_XML_BYTES))
  const elements = root?.children.filter((child) => child.name === 'CORSRule') ?? []
  if (root?.name !== 'CORSConfiguration' || elements.length === 0 || elements.length > MAX_RULES) {
    throw malformed(`CORSConfiguration must hold 1 to ${MAX_RULES} CORSRule elements.`)
  }
  const rules = elements.map(readRule)
  const responseVary = childText(root, 'ResponseVary')?.toLowerCase() === 'true'
  call.services.cors.set({ rules, responseVary })
  return { status: 200 }
}

export async function getBucketCors({ services }: Call): Promise<Reply> {
  const { rules, responseVary } = services.cors.get()
  if (rules.length === 0) {
    const message = 'The CORS configuration does not exist.'
    throw new OssError(404, 'NoSuchCORSConfiguration', message)
  }
  const xml = writeXml([
    'CORSConfiguration',
    [...rules.map(writeRule), ['ResponseVary', String(responseVary)]],
  ])
  return xmlReply(xml)
}

export async function deleteBucketCors({ services }: Call): Promise<Reply> {
  services.cors.set({ rules: [], responseVary: false })
  return { status: 204 }
}

function readRule(element: XmlElement): CorsRule {
  const allowedOrigins = childTexts(element, 'AllowedOrigin')
  const allowedMethods = childTexts(element, 'AllowedMethod')
  const allowedHeaders = childTexts(element, 'AllowedHeader')
  const exposeHeaders = childTexts(element, 'ExposeHeader')
  const maxAge = childText(element, 'MaxAgeSeconds')
  if (allowedOrigins.length === 0 || allowedMethods.length === 0) {
    throw malformed('A CORSRule needs an AllowedOrigin and an AllowedMethod.')
  }
  if ([...allowedOrigins, ...allowedHeaders].some((text) => text.split('*').length > 2)) {
    throw malformed('AllowedOrigin and AllowedHeader can hold one asterisk at most.')
  }
  if (!allowedMethods.every((method) => METHODS.includes(method))) {
    throw malformed(`AllowedMethod must be one of ${METHODS.join(', ')}.`)
  }
  if (exposeHeaders.some((text) => text.includes('*'))) {
    throw malformed('ExposeHeader cannot hold an asterisk.')
  }
  if (maxAge !== undefined && !/^\d{1,9}$/.test(maxAge)) {
    throw malformed('MaxAgeSeconds must be a whole number.')
  }
  const rule = { allowedOrigins, allowedMethods, allowedHeaders, exposeHeaders }
  return maxAge === undefined ? rule : { ...rule, maxAgeSeconds: Number(maxAge) }
}

function writeRule(rule: CorsRule): XmlNode {
  const each = (name: string, texts: string[]): XmlNode[] => texts.map((text) => [name, text])
  return [
    'CORSRule',
    [
      ...each('AllowedOrigin', rule.allowedOrigins),
      ...each('AllowedMethod', rule.allowedMethods),
      ...each('AllowedHeader', rule.allowedHeaders),
      ...each('ExposeHeader', rule.exposeHeaders),
      rule.maxAgeSeconds === undefined ? undefined : ['MaxAgeSeconds', rule.maxAgeSeconds],
    ],
  ]
}

function malformed(message: string): OssError {
  return new OssError(400, 'MalformedXML', message)
}
