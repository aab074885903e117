import { describe, expect, it } from 'vitest'
import { OssNetworkError, OssServiceError } from '../errors.js'
import { nameOf, type OssReply, rejectsCredentials, serviceError } from './service-error.js'

const context = { operation: 'UploadPart', bucket: 'b', key: 'users/42/a.jpg' } as const

function replyOf(status: number, body = '', headers: Record<string, string> = {}): OssReply {
  return { status, body, header: (name) => headers[name] }
}

function errorOf(status: number, code: string): OssServiceError {
  return serviceError(context, replyOf(status, `<Error><Code>${code}</Code></Error>`))
}

describe('the name of a request', () => {
  it('says what is done to which key in which bucket', () => {
    expect(nameOf(context)).toBe('UploadPart of "users/42/a.jpg" in bucket "b"')
    expect(nameOf({ operation: 'ListMultipartUploads', bucket: 'b' })).toBe(
      'ListMultipartUploads in bucket "b"',
    )
  })
})

describe('a refusal', () => {
  it('tells status, code, request and key', () => {
    const body = `<?xml version="1.0" encoding="UTF-8"?>
      <Error xmlns="http://doc.oss-cn-hangzhou.aliyuncs.com">
        <Code> NoSuchUpload </Code><RequestId>66F1</RequestId><EC>0042-00000104</EC>
      </Error>`
    const error = serviceError(context, replyOf(404, body, { 'x-oss-request-id': 'other' }))
    expect(error).toBeInstanceOf(OssServiceError)
    expect(error).toMatchObject({
      name: 'OssServiceError',
      code: 'no-such-upload',
      ossCode: 'NoSuchUpload',
      status: 404,
      requestId: '66F1',
      ec: '0042-00000104',
      retryable: false,
    })
    expect(error.message).toBe(
      'UploadPart of "users/42/a.jpg" in bucket "b" failed: 404 NoSuchUpload (request 66F1).',
    )
  })

  it('without a body is read from the headers of a HEAD answer', () => {
    const xml = '<Error><Code>NoSuchKey</Code><RequestId>R1</RequestId><EC>E1</EC></Error>'
    const headers = { 'x-oss-err': Buffer.from(xml).toString('base64') }
    const error = serviceError(context, replyOf(404, '', headers))
    expect(error).toMatchObject({ ossCode: 'NoSuchKey', requestId: 'R1', ec: 'E1' })
  })

  it('takes what the document lacks from the headers', () => {
    const headers = { 'x-oss-request-id': 'R2', 'x-oss-ec': 'E2' }
    const error = serviceError(context, replyOf(403, '<Error/>', headers))
    expect(error).toMatchObject({ ossCode: '', requestId: 'R2', ec: 'E2', code: 'access-denied' })
  })

  it.each([
    ["a proxy's page", 502, '<!doctype html><html><br>Bad gateway</html>', {}],
    ['a broken document', 500, '<Error><Code>NoSuch', {}],
    ['nothing', 429, '', {}],
  ])('is a busy server, whoever said so: %s', (_, status, body, headers) => {
    const error = serviceError(context, replyOf(status, body, headers))
    expect(error).toMatchObject({ status, ossCode: '', code: 'server', retryable: true })
  })

  it.each([
    ["a proxy's page", 404, '<!doctype html><html>Sign in</html>', {}],
    ["a proxy's refusal", 403, '<!doctype html><html>Blocked</html>', {}],
    ['another document', 404, '<Result><Code>NoSuchUpload</Code></Result>', {}],
    ['a broken document', 409, '<Error><Code>FileAlready', {}],
    ['JSON', 400, '{"Code":"InvalidDigest"}', {}],
    ['nothing', 405, '', {}],
    ['a header that is not base64', 404, '', { 'x-oss-err': '%%%' }],
    ['a header that is not XML', 404, '', { 'x-oss-err': btoa('hello') }],
  ])('says nothing of the object where it is not of OSS: %s', (_, status, body, headers) => {
    const error = serviceError(context, replyOf(status, body, headers))
    expect(error).toMatchObject({ status, ossCode: '', code: 'protocol', retryable: true })
    expect(error.requestId).toBeUndefined()
    expect(error.message).toContain('Does a proxy answer in place of OSS?')
    expect(error.message).toContain(`${status} without an error of OSS (request unknown)`)
  })

  it("of a HEAD is taken for OSS's by a header, and names the line of CORS that may hide it", () => {
    const head = { ...context, operation: 'HeadObject' } as const
    const own = serviceError(head, replyOf(403, '', { 'x-oss-request-id': 'R3' }))
    expect(own).toMatchObject({ code: 'access-denied', retryable: false })
    const hidden = serviceError(head, replyOf(403))
    expect(hidden).toMatchObject({ code: 'cors', retryable: true })
    expect(hidden.message).toContain('<ExposeHeader>x-oss-request-id</ExposeHeader>')
    const strange = serviceError({ ...head, isIdReadable: true }, replyOf(403))
    expect(strange).toMatchObject({ code: 'protocol', retryable: true })
  })

  it.each([
    [404, 'NoSuchUpload', 'no-such-upload'],
    [409, 'FileAlreadyExists', 'already-exists'],
    [400, 'InvalidDigest', 'checksum'],
    [400, 'InvalidCRC64', 'checksum'],
    [400, 'RequestTimeout', 'timeout'],
    [403, 'SecurityTokenExpired', 'credentials'],
    [403, 'InvalidSecurityToken', 'credentials'],
    [403, 'InvalidAccessKeyId', 'credentials'],
    [403, 'AccessKeyIdAndSecurityTokenNotMatch', 'credentials'],
    [403, 'AccessDenied', 'access-denied'],
    [403, 'SignatureDoesNotMatch', 'access-denied'],
    [403, 'SomethingNew', 'access-denied'],
    [404, 'NoSuchBucket', 'server'],
    [400, 'InvalidArgument', 'server'],
    [503, 'SlowDown', 'server'],
    [400, 'constructor', 'server'],
    [400, '__proto__', 'server'],
  ])('%d %s has the code %s', (status, code, family) => {
    expect(errorOf(status, code).code).toBe(family)
  })

  it.each([
    [500, 'InternalError'],
    [502, ''],
    [503, 'SlowDown'],
    [408, ''],
    [429, ''],
    [400, 'RequestTimeout'],
    [400, 'IncompleteBody'],
    [400, 'InvalidDigest'],
    [400, 'InvalidCRC64'],
    [400, 'BadRequest'],
    [409, 'StaleFile'],
  ])('%d %s may succeed later', (status, code) => {
    expect(errorOf(status, code).retryable).toBe(true)
  })

  it.each([
    [400, 'InvalidArgument'],
    [400, 'EntityTooSmall'],
    [403, 'AccessDenied'],
    [403, 'SecurityTokenExpired'],
    [404, 'NoSuchUpload'],
    [404, ''],
    [409, 'FileAlreadyExists'],
    [203, 'CallbackFailed'],
  ])('%d %s stays', (status, code) => {
    expect(errorOf(status, code).retryable).toBe(false)
  })

  it.each([
    ['NoSuchBucket', 'region'],
    ['AccessDenied', 'policy'],
    ['InvalidAccessKeyId', 'app server'],
    ['SecurityTokenExpired', 'app server'],
    ['InvalidSecurityToken', 'app server'],
    ['AccessKeyIdAndSecurityTokenNotMatch', 'app server'],
    ['SignatureDoesNotMatch', 'secret'],
    ['RequestTimeTooSkewed', 'clock'],
    ['SecondLevelDomainForbidden', 'addressing'],
    ['FileAlreadyExists', 'forbidOverwrite'],
    ['EntityTooSmall', 'partSize'],
  ])('%s says what to do next', (code, cure) => {
    expect(errorOf(403, code).message).toContain(cure)
  })

  it('has no cure for a code that only looks like one', () => {
    expect(errorOf(400, 'toString').message).toMatch(/400 toString \(request unknown\)\.$/)
  })

  it('never repeats what OSS tells of keys, tokens and signatures', () => {
    const secrets = ['STS.id', 'provided-signature', 'string-to-sign', 'the-token']
    const body = `<Error><Code>SignatureDoesNotMatch</Code><Message>${secrets.join(' ')}</Message>
      <OSSAccessKeyId>STS.id</OSSAccessKeyId><SignatureProvided>provided-signature</SignatureProvided>
      <StringToSign>string-to-sign</StringToSign><CanonicalRequest>the-token</CanonicalRequest></Error>`
    const error = serviceError(context, replyOf(403, body))
    const said = [error.message, String(error.stack), JSON.stringify(error)].join('\n')
    for (const secret of secrets) expect(said).not.toContain(secret)
    expect(error.cause).toBeUndefined()
  })
})

describe('rejected credentials', () => {
  it.each([
    'SecurityTokenExpired',
    'InvalidSecurityToken',
    'InvalidAccessKeyId',
    'AccessKeyIdAndSecurityTokenNotMatch',
  ])('are meant by %s', (code) => expect(rejectsCredentials(errorOf(403, code))).toBe(true))

  it('are meant by nothing else', () => {
    expect(rejectsCredentials(errorOf(403, 'AccessDenied'))).toBe(false)
    expect(rejectsCredentials(new Error('SecurityTokenExpired'))).toBe(false)
    const network = new OssNetworkError('', { code: 'credentials', retryable: true })
    expect(rejectsCredentials(network)).toBe(false)
  })
})
