import type { Page } from '@playwright/test'

export interface Hashing {
  /** Workers that were asked for. */
  readonly started: number
  /** Messages that workers sent. */
  readonly answers: number
  /** Directives of the page's policy that something broke. */
  readonly violations: readonly string[]
}

declare global {
  interface Window {
    readonly hashing: Hashing
  }
}

/** Lets the next page count what its workers do. */
export async function probeHashing(page: Page): Promise<() => Promise<Hashing>> {
  await page.addInitScript(() => {
    const counts = { started: 0, answers: 0, violations: [] as string[] }
    window.Worker = class extends Worker {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options)
        counts.started += 1
        this.addEventListener('message', () => {
          counts.answers += 1
        })
      }
    }
    document.addEventListener('securitypolicyviolation', (event) =>
      counts.violations.push(event.violatedDirective),
    )
    Object.assign(window, { hashing: counts })
  })
  return () => page.evaluate(() => window.hashing)
}
