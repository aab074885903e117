import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { ConnectionDrop, type FaultSource, OssError } from './server.js'
import { element, sendSigned } from './testing/raw-client.js'
import { startTestServer } from './testing/test-server.js'

const put = { method: 'PUT', key: 'k', body: 'hello' }

test('passes every point once, in order, and tells it what the request is', async () => {
  const passed: string[] = []
  const faults: FaultSource = {
    beforeAuth: ({ operation, key }) => void passed.push(`auth ${operation} ${key}`),
    body(_target, body) {
      passed.push('body')
      return body
    },
    beforeCommit: () => void passed.push('before commit'),
    afterCommit: () => void passed.push('after commit'),
    response(_target, reply) {
      passed.push(`response ${reply.status}`)
      return reply
    },
  }
  const server = await startTestServer({ faults })
  expect((await sendSigned(server, put)).status).toBe(200)
  expect(passed).toEqual([
    'auth PutObject k',
    'body',
    'before commit',
    'after commit',
    'response 200',
  ])
})

test('passes no commit where nothing is stored', async () => {
  const passed: string[] = []
  const faults: FaultSource = {
    beforeCommit: () => void passed.push('before commit'),
    afterCommit: () => void passed.push('after commit'),
  }
  const server = await startTestServer({ faults })
  expect((await sendSigned(server, { key: 'k' })).status).toBe(404)
  expect((await sendSigned(server, { query: { uploads: '' } })).status).toBe(200)
  expect(passed).toEqual([])
})

test('answers what a point throws, before or instead of storing', async () => {
  const fail = (): never => {
    throw new OssError(503, 'SlowDown', 'Please reduce your request rate.')
  }
  for (const faults of [{ beforeAuth: fail }, { beforeCommit: fail }]) {
    const server = await startTestServer({ faults })
    const reply = await sendSigned(server, put)
    expect([reply.status, element(reply, 'Code')]).toEqual([503, 'SlowDown'])
    expect(await server.readObject('k')).toBeUndefined()
  }
})

test('can store and then hang up', async () => {
  const faults: FaultSource = {
    afterCommit() {
      throw new ConnectionDrop()
    },
  }
  const server = await startTestServer({ faults })
  await expect(sendSigned(server, put)).rejects.toMatchObject({ code: 'ECONNRESET' })
  expect(await server.readObject('k')).toMatchObject({ size: 5 })
  expect(server.requests).toEqual([])
})

test('can change the bytes that arrive and the answer that leaves', async () => {
  const faults: FaultSource = {
    body: () => Readable.from([Buffer.from('other')]),
    response: (_target, reply) => ({ ...reply, status: 502, body: '<html>' }),
  }
  const server = await startTestServer({ faults })
  const reply = await sendSigned(server, put)
  expect([reply.status, reply.text]).toEqual([502, '<html>'])
  const chunks: Buffer[] = []
  for await (const chunk of (await server.readObject('k'))?.stream() ?? []) chunks.push(chunk)
  expect(Buffer.concat(chunks).toString()).toBe('other')
})
