import type { EngineOptions } from '../uploader.js'
import { createUploaderIn } from '../whole-uploader.js'
import { createMemoryEnvironment } from './memory-environment.js'
import type { Interference } from './memory-oss.js'
import { PART } from './small-uploader.js'

/** Of the file that the tabs upload. */
export const SIZE = 5 * PART + 17

/** Tabs of one browser. While `isHeldUp`, parts from the fourth on hang. */
export function setUpTabs(interfere: Interference = () => undefined) {
  const gate = { isHeldUp: true }
  const world = createMemoryEnvironment((record) => {
    const number = Number(/partNumber=(\d)/.exec(record.name)?.[1] ?? 0)
    if (gate.isHeldUp && number >= 4) return new Promise<undefined>(() => {})
    return interfere(record)
  })
  let chance = 0
  return {
    ...world,
    gate,
    open(options: Partial<EngineOptions> = {}, isBackground = false) {
      const tab = world.tabs.open()
      const random = () => {
        chance += 0.001
        return chance % 1
      }
      const uploader = createUploaderIn(
        { ...world.environment, ...tab, random, isBackground },
        {
          region: 'cn-hangzhou',
          bucket: 'bucket',
          partSize: PART,
          multipartThreshold: PART,
          ...options,
        },
      )
      return { uploader, die: tab.die }
    },
    names: () => world.oss.requests.map(({ name }) => name),
  }
}

export type Tabs = ReturnType<typeof setUpTabs>
