import { setMaxListeners } from 'node:events'
import { createMemoryCheckpoints } from '../testing/memory-checkpoints.js'
import { createMemoryTabs } from '../testing/memory-tabs.js'
import { checkAtRest, checkEnd } from './final-checks.js'
import { drawScenario } from './scenario.js'
import { type Browser, openTab, type Tab } from './tab.js'
import { createUser, type User } from './user.js'
import { createWorld, type World } from './world.js'
import { drained, turn } from './world-clock.js'

export interface RunReport {
  readonly seed: number
  /** What must not have happened; empty for a good run. */
  readonly problems: readonly string[]
  /** How the tasks ended, and how many of each. */
  readonly endings: Readonly<Record<string, number>>
  /** Which trouble was met, and how often. */
  readonly met: Readonly<Record<string, number>>
  readonly steps: number
  /** Virtual. */
  readonly durationMs: number
  /** What happened, line by line, where it was asked for. */
  readonly log: readonly string[]
}

/** No upload of these sizes may take longer, whatever befalls it. Virtual, after the user's last deed. */
const LONGEST_MS = 24 * 3_600_000
const ROUNDS = 6
/** Six connections, each with a few who wait for its end. */
const MOST_LISTENERS = 40

/** One run: a user, a browser, a network and OSS, all of it out of one number. */
export async function simulate(seed: number, isLogged = false): Promise<RunReport> {
  const log: string[] = []
  const world = createWorld(seed, isLogged ? log : undefined)
  const { witness, clock, startMs } = world
  const stopListening = listenForStrays(world)
  const browser = createBrowser(world)
  const { user } = browser
  user.begin()
  await drained()
  let steps = await runOn(world)
  checkAtRest(world, user)
  world.isHealed = true
  world.log(() => 'all is well again')
  for (let round = 0; round < ROUNDS; round++) {
    user.finish()
    await drained()
    steps += await runOn(world)
  }
  checkEnd(world, user, browser.disk)
  await turn()
  stopListening()
  return {
    seed,
    problems: witness.problems,
    endings: countEndings(user),
    met: Object.fromEntries(witness.metByName),
    steps,
    durationMs: clock.now() - startMs,
    log,
  }
}

/** Until nothing is under way any more. */
async function runOn({ clock, witness }: World): Promise<number> {
  const untilMs = clock.now() + LONGEST_MS
  let steps = 0
  while (await clock.step()) {
    steps++
    if (clock.now() <= untilMs) continue
    witness.problem('Something is still under way after a day.')
    break
  }
  return steps
}

function createBrowser(world: World): Browser & { readonly user: User } {
  const scenario = drawScenario(world.chance.user, world.trouble)
  world.log(
    () => `options ${JSON.stringify(scenario.options)}, background ${scenario.hasBackground}`,
  )
  world.log(
    () => `trouble ${JSON.stringify({ ...world.trouble, denied: [...world.trouble.denied] })}`,
  )
  let worker: Tab | undefined
  const browser: Browser = {
    world,
    disk: createMemoryCheckpoints(),
    tabs: createMemoryTabs(),
    options: scenario.options,
    background: scenario.hasBackground
      ? () => ({
          enlist(upload) {
            worker ??= openTab(browser, 'worker', true)
            const withdrawal = new AbortController()
            const home = worker
            home.life.clock.after(1, () => user.enlist(home, upload, withdrawal.signal))
            return () => void home.life.clock.after(1, () => withdrawal.abort())
          },
        })
      : undefined,
  }
  const user = createUser(world, browser, scenario)
  return { ...browser, user }
}

/** What nobody catches, and what is complained of aloud. */
function listenForStrays({ witness }: World): () => void {
  const onStray = (error: unknown) => {
    const text = error instanceof Error ? error.stack : String(error)
    witness.problem(`Nobody caught ${text}`)
  }
  const { error, warn } = console
  console.error = (...words: unknown[]) => witness.problem(`console.error: ${words.join(' ')}`)
  // A damaged record is told of.
  console.warn = () => {}
  // Node's own warning then tells of listeners that are never taken away.
  setMaxListeners(MOST_LISTENERS)
  process.on('unhandledRejection', onStray)
  return () => {
    Object.assign(console, { error, warn })
    process.off('unhandledRejection', onStray)
  }
}

function countEndings({ tasks }: User): Record<string, number> {
  const endings: Record<string, number> = {}
  for (const { ending, tab } of tasks) {
    const name = ending ?? (tab.life.isDead() ? 'died with its page' : 'open')
    endings[name] = (endings[name] ?? 0) + 1
  }
  return endings
}
