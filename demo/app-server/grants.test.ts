import { beforeEach, describe, expect, it } from 'vitest'
import type { Grant } from './grant.js'
import { createGrants, type Grants } from './grants.js'
import { settle } from './settings.js'

const LIFE_MS = 900_000
let now: number
let calls: { policy: string; sessionName: string; settle(outcome?: Error): void }[]
let grants: Grants

beforeEach(() => {
  now = 1_000_000
  calls = []
  const settings = settle({
    port: 0,
    region: 'cn-hangzhou',
    bucket: 'my-bucket',
    roleArn: 'acs:ram::1:role/uploader',
    now: () => now,
  })
  const assumeRole = (policy: string, sessionName: string) =>
    new Promise<Grant>((resolve, reject) => {
      const expiration = new Date(now + LIFE_MS).toISOString()
      const name = `STS.${calls.length + 1}`
      const grant = { accessKeyId: name, accessKeySecret: 's', securityToken: 't', expiration }
      const finish = (error?: Error) => (error ? reject(error) : resolve(grant))
      calls.push({ policy, sessionName, settle: finish })
    })
  grants = createGrants({ settings, assumeRole })
})

async function obtain(user: string, fresh: boolean): Promise<string> {
  const before = calls.length
  const grant = grants.forUpload(user, { fresh })
  for (const call of calls.slice(before)) call.settle()
  return (await grant).accessKeyId
}

describe('grants', () => {
  it('gives a grant again while more than half of its life is left', async () => {
    expect(await obtain('42', false)).toBe('STS.1')
    now += LIFE_MS / 2 - 1
    expect(await obtain('42', false)).toBe('STS.1')
    now += 1
    expect(await obtain('42', false)).toBe('STS.2')
  })

  it('gives a new one whenever a fresh one is asked for, and that one from then on', async () => {
    expect(await obtain('42', false)).toBe('STS.1')
    expect(await obtain('42', true)).toBe('STS.2')
    expect(await obtain('42', false)).toBe('STS.2')
  })

  it('never gives the grant of one user to another, or of one purpose for another', async () => {
    expect(await obtain('42', false)).toBe('STS.1')
    expect(await obtain('7', false)).toBe('STS.2')
    const reading = grants.forReading('42')
    calls[2]?.settle()
    expect((await reading).accessKeyId).toBe('STS.3')
    expect(calls.map(({ policy }) => /my-bucket\/(.*?)"/.exec(policy)?.[1])).toEqual([
      'u/42/*',
      'u/7/*',
      'u/42/*',
    ])
  })

  it('asks STS once for all who come while the answer is on its way', async () => {
    const waiting = [1, 2, 3].map(() => grants.forUpload('42', { fresh: false }))
    expect(calls).toHaveLength(1)
    calls[0]?.settle()
    const ids = (await Promise.all(waiting)).map(({ accessKeyId }) => accessKeyId)
    expect(ids).toEqual(['STS.1', 'STS.1', 'STS.1'])
  })

  it('does not remember a failure', async () => {
    const failing = grants.forUpload('42', { fresh: false })
    calls[0]?.settle(new Error('no'))
    await expect(failing).rejects.toThrow('no')
    expect(await obtain('42', false)).toBe('STS.2')
  })

  it('names the session after the user, within 32 characters', async () => {
    await obtain('42', false)
    await obtain('x'.repeat(64), false)
    expect(calls[0]?.sessionName).toBe('u-42')
    expect(calls[1]?.sessionName).toMatch(/^u-[0-9a-f]{30}$/)
  })
})
