import { sha256OfFile, writeFileOf } from '../support/files.js'
import { expect, sha256OfObject, test } from '../support/fixtures.js'
import { PREFIX } from '../support/servers.js'
import { pickerPage } from './picker-page.js'

test('the demo page is the picker: a file is stored, and its name opens it', async ({
  page,
  demoUrl,
  folder,
  oss,
}) => {
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  await page.goto(demoUrl)
  const { choose, row, button } = pickerPage(page)
  await expect(button('Choose files')).toBeEnabled()
  const path = await writeFileOf(folder, 'letter.txt', 1000)
  await choose(path)
  await expect(row('letter.txt')).toContainText('Uploaded')
  expect(await sha256OfObject(oss, `${PREFIX}letter.txt`)).toBe(await sha256OfFile(path))
  const link = row('letter.txt').getByRole('link', { name: 'Open letter.txt' })
  const answer = await page.request.get((await link.getAttribute('href')) ?? '', {
    maxRedirects: 0,
  })
  expect(answer.headers()['location']).toContain('/u/tester/letter.txt?')
  await expect(page.getByRole('link', { name: 'By hand' })).toHaveAttribute(
    'href',
    './by-hand.html',
  )
  expect(complaints).toEqual([])
})
