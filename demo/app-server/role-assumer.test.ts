import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createKeyRing } from '../oss-server/keys.js'
import { type StsServer, startStsServer } from '../oss-server/sts/sts-server.js'
import { createRoleAssumer } from './role-assumer.js'

const trusted = { accessKeyId: 'LTAIfromEnv', accessKeySecret: 'secret-from-env' }
const policy =
  '{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:PutObject","Resource":"*"}]}'
let home: string
let sts: StsServer

beforeEach(async () => {
  sts = await startStsServer({
    port: 0,
    keys: createKeyRing({ ...trusted, policies: [] }),
    now: Date.now,
    trusted,
  })
  // Nothing of this machine may lend the chain a key.
  home = await mkdtemp(join(tmpdir(), 'home-'))
  vi.stubEnv('HOME', home)
  vi.stubEnv('ALIBABA_CLOUD_ECS_METADATA_DISABLED', 'true')
  for (const name of ['ID', 'SECRET'].map((end) => `ALIBABA_CLOUD_ACCESS_KEY_${end}`)) {
    vi.stubEnv(name, undefined)
  }
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await sts.close()
  await rm(home, { recursive: true })
})

const assumer = () =>
  createRoleAssumer({
    region: 'cn-hangzhou',
    roleArn: 'acs:ram::1234567890123456:role/uploader',
    stsEndpoint: sts.endpoint,
    callerKey: undefined,
    durationSeconds: 900,
  })

describe('without a key of its own', () => {
  it('uses what the vendor chain finds in the environment', async () => {
    vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_ID', trusted.accessKeyId)
    vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_SECRET', trusted.accessKeySecret)
    await expect(assumer()(policy, 'u-42')).resolves.toMatchObject({
      accessKeyId: expect.stringMatching(/^STS\./),
    })
  })

  it('calls it a misconfiguration when the chain finds nothing', async () => {
    await expect(assumer()(policy, 'u-42')).rejects.toMatchObject({
      name: 'StsFailure',
      kind: 'misconfigured',
    })
  })
})
