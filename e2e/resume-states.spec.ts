import type { Page } from '@playwright/test'
import { demoPage } from './support/demo-page.js'
import { MIB, sha256OfFile, writeFileOf } from './support/files.js'
import { expect, sha256OfObject, test, uploadsOf, type Watched } from './support/fixtures.js'
import { recorded, recordedParts } from './support/records.js'
import { PREFIX } from './support/servers.js'
import { uploadUpTo } from './support/upload-up-to.js'
import { isOperation, isPartAfter, partsOfVisit } from './support/watch.js'

const NAME = 'film.bin'
const KEY = PREFIX + NAME
/** Parts of 1 MiB, the last one short. */
const SIZE = 12 * MIB + 17
/** Parts that OSS has when the page goes away in the midst of them. */
const HELD = 8

interface Visit extends Watched {
  readonly page: Page
  readonly path: string
}

interface Stop {
  readonly state: string
  /** Parts in flight at a time; absent: as many as the library sees fit. */
  readonly parallel?: number
  /** Brings the upload into that state. @returns what makes room for the next visit. */
  readonly arrive: (visit: Visit) => Promise<(() => void) | undefined>
  /** Whether the page offers to go on. */
  readonly isOffered: boolean
  /** Parts OSS holds for the next visit. */
  readonly held: number
  /** Parts the next visit has to send. */
  readonly missing: number
}

const STOPS: readonly Stop[] = [
  {
    state: 'preparing (again, after a first reload)',
    async arrive(visit) {
      const { page, path, watch } = visit
      const parts = await uploadUpTo(HELD, visit)
      await page.reload()
      parts.drop()
      const listing = watch.hold('beforeAuth', isOperation('ListParts'))
      await page.getByLabel(`File of ${NAME}`).setInputFiles(path)
      await listing.reached
      await expect(demoPage(page).row(NAME).getByText('Preparing')).toBeVisible()
      return listing.drop
    },
    isOffered: true,
    held: HELD,
    missing: 5,
  },
  {
    state: 'initiating',
    async arrive({ page, path, watch }) {
      const initiating = watch.hold('beforeCommit', isOperation('InitiateMultipartUpload'))
      await demoPage(page).choose(path)
      await initiating.reached
      await expect(demoPage(page).row(NAME).getByText('Preparing')).toBeVisible()
      return initiating.drop
    },
    isOffered: false,
    held: 0,
    missing: 13,
  },
  {
    state: 'uploading',
    arrive: async (visit) => (await uploadUpTo(HELD, visit)).drop,
    isOffered: true,
    held: HELD,
    missing: 5,
  },
  {
    state: 'waiting for another try',
    // Else some part is always on its way.
    parallel: 1,
    async arrive({ page, path, watch }) {
      const accept = watch.refuse(isPartAfter(HELD))
      await demoPage(page).choose(path)
      await expect.poll(() => recordedParts(page)).toBe(HELD)
      await expect(demoPage(page).row(NAME).getByText('Trying again soon')).toBeVisible()
      return accept
    },
    isOffered: true,
    held: HELD,
    missing: 5,
  },
  {
    state: 'paused',
    async arrive(visit) {
      const { page } = visit
      const parts = await uploadUpTo(HELD, visit)
      await page.getByRole('button', { name: `Pause ${NAME}` }).click()
      await expect(demoPage(page).row(NAME).getByText('Paused at')).toBeVisible()
      return parts.drop
    },
    isOffered: true,
    held: HELD,
    missing: 5,
  },
  {
    state: 'completing, before OSS did it',
    async arrive({ page, path, watch }) {
      const completing = watch.hold('beforeCommit', isOperation('CompleteMultipartUpload'))
      await demoPage(page).choose(path)
      await completing.reached
      await expect(demoPage(page).row(NAME).getByText('Putting the parts together')).toBeVisible()
      return completing.drop
    },
    isOffered: true,
    held: 13,
    missing: 0,
  },
  {
    state: 'completing, after OSS did it',
    async arrive({ page, path, watch }) {
      const completing = watch.hold('afterCommit', isOperation('CompleteMultipartUpload'))
      await demoPage(page).choose(path)
      await completing.reached
      await expect(demoPage(page).row(NAME).getByText('Putting the parts together')).toBeVisible()
      return completing.drop
    },
    isOffered: true,
    // OSS has forgotten upload and parts; the object itself tells that nothing is missing.
    held: 0,
    missing: 0,
  },
  {
    state: 'succeeded',
    async arrive({ page, path }) {
      await demoPage(page).choose(path)
      await demoPage(page).expectStored(NAME)
      return undefined
    },
    isOffered: false,
    held: 0,
    missing: 13,
  },
]

for (const { state, parallel, arrive, isOffered, held, missing } of STOPS) {
  test(`a reload while ${state}: the same file chosen again ends in one whole object`, async ({
    page,
    folder,
    watched,
  }) => {
    const { oss, watch, demoUrl } = watched
    const path = await writeFileOf(folder, NAME, SIZE)
    const demo = demoPage(page)
    await demo.open(`${demoUrl}?partSize=${MIB}${parallel ? `&parallel=${parallel}` : ''}`)
    const makeRoom = await arrive({ ...watched, page, path })
    await page.reload()
    makeRoom?.()
    const since = watch.events.length

    const offer = page.getByLabel(`File of ${NAME}`)
    await expect(page.getByLabel('Choose files')).toBeEnabled()
    await (isOffered ? offer.setInputFiles(path) : demo.choose(path))
    await demo.expectStored(NAME)
    await expect(offer).toHaveCount(0)

    const visit = partsOfVisit(watch.events, since)
    expect(visit.held).toHaveLength(held)
    expect(visit.sentInVain).toEqual([])
    expect(visit.sent).toHaveLength(missing)
    expect(await sha256OfObject(oss, KEY)).toBe(await sha256OfFile(path))
    expect(await uploadsOf(oss, KEY)).toEqual([])
    await expect.poll(() => recorded(page)).toEqual({ records: 0, parts: 0 })
  })
}
