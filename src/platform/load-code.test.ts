import { afterEach, expect, it, vi } from 'vitest'
import { createLoader } from './load-code.js'

const URL = 'https://app.example/assets/late.js'
/** As Chromium and Firefox word it. */
const lost = () => new TypeError(`Failed to fetch dynamically imported module: ${URL}`)

afterEach(() => {
  vi.useRealTimers()
})

it('loads once for all who ask', async () => {
  let imports = 0
  const load = createLoader(async () => ++imports)
  expect(await Promise.all([load(), load()])).toEqual([1, 1])
  expect(await load()).toBe(1)
})

it('tries another URL where the same fails again, because a browser may remember what failed', async () => {
  const tries: string[] = []
  const load = createLoader(
    async () => {
      tries.push('import')
      throw lost()
    },
    async (url) => {
      tries.push(url)
      if (tries.length < 5) throw lost()
      return 'code'
    },
  )
  for (let failures = 0; failures < 2; failures++) {
    await expect(load()).rejects.toMatchObject({ code: 'network', retryable: true })
  }
  expect(await load()).toBe('code')
  expect(await load()).toBe('code')
  expect(tries).toEqual(['import', 'import', `${URL}?try=2`, 'import', `${URL}?try=3`])
})

it('asks for no other URL where the same comes when it is asked for again', async () => {
  let imports = 0
  const load = createLoader(
    async () => {
      if (++imports < 2) throw lost()
      return 'code'
    },
    async () => 'other',
  )
  await expect(load()).rejects.toThrow('reload it')
  expect(await load()).toBe('code')
})

it('imports the same again where no URL is told', async () => {
  let imports = 0
  const load = createLoader(async () => {
    if (++imports < 4) throw new TypeError('Importing a module script failed.')
    return imports
  })
  for (let failures = 0; failures < 3; failures++) await expect(load()).rejects.toThrow('reload it')
  expect(await load()).toBe(4)
})

it('does not wait for ever, and takes what comes later', async () => {
  vi.useFakeTimers()
  let arrive = (_code: string) => {}
  const file = new Promise<string>((resolve) => {
    arrive = resolve
  })
  const load = createLoader(() => file)
  const first = expect(load()).rejects.toMatchObject({ code: 'timeout', retryable: true })
  await vi.advanceTimersByTimeAsync(30_000)
  await first
  arrive('code')
  expect(await load()).toBe('code')
})
