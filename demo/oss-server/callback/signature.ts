import { createSign, generateKeyPairSync } from 'node:crypto'

export interface CallbackSigner {
  /** Where an app server can fetch the key, as `x-oss-pub-key-url` says it. */
  readonly publicKeyUrl: string
  readonly publicKey: string
  /** Base64, over the decoded path, the raw query and the body. */
  sign(url: URL, body: string): string
}

export const PUBLIC_KEY_PATH = '/callback_pub_key_v1.pem'

/** A key pair of this run: OSS's own private key is OSS's. The algorithm is the documented one, RSA with MD5. */
export function createCallbackSigner(endpoint: () => string): CallbackSigner {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 1024,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  return {
    get publicKeyUrl() {
      return `${endpoint()}${PUBLIC_KEY_PATH}`
    },
    publicKey,
    sign(url, body) {
      const text = `${decodeURIComponent(url.pathname)}${url.search}\n${body}`
      return createSign('RSA-MD5').update(text).sign(privateKey, 'base64')
    },
  }
}
