import { lookup } from 'node:dns'
import http from 'node:http'
import https from 'node:https'
import type { LookupFunction } from 'node:net'
import type { Callback } from './config.js'
import type { CallbackSigner } from './signature.js'

const TIMEOUT_MS = 5000
const MAX_REPLY_BYTES = 1024 * 1024

/** Tries the URLs in order. Resolves to the JSON of the first that answers as it should; rejects with OSS's words for the last failure. */
export async function deliver(
  callback: Callback,
  body: string,
  signer: CallbackSigner,
): Promise<string> {
  let failure: unknown
  for (const url of callback.urls) {
    try {
      return await post(url, callback, body, signer)
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

async function post(
  url: URL,
  callback: Callback,
  body: string,
  signer: CallbackSigner,
): Promise<string> {
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  const host = callback.host ?? url.host
  const options: https.RequestOptions = {
    method: 'POST',
    agent: false,
    signal,
    lookup: lookupLoopback,
    ...(callback.sni ? { servername: url.hostname } : { servername: '' }),
    headers: {
      Host: host,
      'Content-Type': callback.bodyType,
      'Content-Length': Buffer.byteLength(body),
      'User-Agent': 'http-client/0.0.1',
      Authorization: signer.sign(url, body),
      'x-oss-pub-key-url': Buffer.from(signer.publicKeyUrl).toString('base64'),
    },
  }
  try {
    return await readAnswer(await request(url, options, body))
  } catch (error) {
    if (signal.aborted) throw new Error('Error status : -1.Cost too long time')
    throw error
  }
}

function request(
  url: URL,
  options: https.RequestOptions,
  body: string,
): Promise<http.IncomingMessage> {
  const { request: send } = url.protocol === 'https:' ? https : http
  return new Promise((resolve, reject) => {
    const outgoing = send(url, options, resolve)
    outgoing.on('error', () =>
      reject(
        new Error('Error status : -1.OSS can not connect to your callbackUrl, please check it'),
      ),
    )
    outgoing.end(body)
  })
}

async function readAnswer(answer: http.IncomingMessage): Promise<string> {
  if (answer.statusCode !== 200) {
    answer.destroy()
    throw new Error(`Error status : ${answer.statusCode}.`)
  }
  const length = Number(answer.headers['content-length'] ?? Number.NaN)
  if (!(length <= MAX_REPLY_BYTES)) {
    answer.destroy()
    throw new Error('Error status : 400.User server return too long content-length value')
  }
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString('utf8')
  try {
    JSON.parse(text)
    return text
  } catch {
    throw new Error('Response body is not valid json format.')
  }
}

/** `app.localhost` is this machine (RFC 6761), though not every resolver knows. */
const lookupLoopback: LookupFunction = (hostname, options, done) => {
  const name = hostname.endsWith('.localhost') ? 'localhost' : hostname
  lookup(name, options, done)
}
