import { devtools } from '../support/devtools.js'
import { MIB, writeFileOf } from '../support/files.js'
import { PREFIX } from '../support/servers.js'
import { throttleUploads } from '../support/throttle.js'
import { expect, test } from './fixtures.js'
import { pickerPage } from './picker-page.js'

test('a form waits for the files, and sends their keys', async ({ page, pagesUrl, folder }) => {
  await page.goto(`${pagesUrl}/form.html?partSize=${MIB}`)
  await throttleUploads(page, 2 * MIB)
  const { picker, choose, row } = pickerPage(page)
  const validity = () =>
    picker.evaluate((element: Window['picker']) => [
      element.validity.valid,
      element.validationMessage,
    ])
  const send = page.getByRole('button', { name: 'Send' })
  expect(await validity()).toEqual([false, 'Choose a file.'])
  await send.click()
  await expect(page.locator('output')).toBeEmpty()

  await choose(await writeFileOf(folder, 'a.bin', 4 * MIB))
  await expect(row('a.bin')).toContainText('Uploading')
  expect(await validity()).toEqual([false, 'Wait until the files are uploaded.'])
  await send.click()
  await expect(page.locator('output')).toBeEmpty()

  await expect(row('a.bin')).toContainText('Uploaded', { timeout: 20_000 })
  expect(await validity()).toEqual([true, ''])
  await send.click()
  await expect(page.locator('output')).toHaveText(
    JSON.stringify([['attachments', `${PREFIX}attachments/a.bin`]]),
  )
  await page.getByRole('button', { name: 'Reset' }).click()
  await expect(row('a.bin')).toHaveCount(0)
  expect(await validity()).toEqual([false, 'Choose a file.'])
})

test('an app’s own objection stands beside the picker’s, and is said first', async ({
  page,
  pagesUrl,
}) => {
  await page.goto(`${pagesUrl}/form.html`)
  const { picker, row } = pickerPage(page)
  const object = (message: string) =>
    picker.evaluate((element: Window['picker'], message) => {
      element.setCustomValidity(message)
      const { validity, validationMessage } = element
      return [validity.customError, validity.valueMissing, validationMessage]
    }, message)
  expect(await object('Not today.')).toEqual([true, true, 'Not today.'])
  await page.evaluate(() => window.picker.add([new File(['x'], 'a.txt')]))
  await expect(row('a.txt')).toContainText('Uploaded')
  expect(await object('Not today.')).toEqual([true, false, 'Not today.'])
  await page.getByRole('button', { name: 'Send' }).click()
  await expect(page.locator('output')).toBeEmpty()
  expect(await object('')).toEqual([false, false, ''])
  await page.getByRole('button', { name: 'Reset' }).click()
  expect(await object('')).toEqual([false, true, 'Choose a file.'])
})

test('an app’s objection is shown at a picker that never had one of its own', async ({
  page,
  pagesUrl,
}) => {
  await page.goto(`${pagesUrl}/form.html`)
  const optional = page.locator('[name=more]')
  const choose = optional.getByRole('button', { name: 'Choose a file' })
  await expect(choose).toBeVisible()
  await optional.evaluate((element: Window['picker']) => {
    element.setCustomValidity('Not today.')
    element.reportValidity()
  })
  await expect(choose).toBeFocused()
})

test('it tells of itself what any form field does', async ({ page, pagesUrl }) => {
  await page.goto(`${pagesUrl}/form.html`)
  const seen = await page.evaluate(() => {
    const { picker } = window
    const { type, name, willValidate, labels, form } = picker
    picker.disabled = true
    return [
      [type, name, willValidate, picker.willValidate, picker.checkValidity()],
      [Array.from(labels, ({ textContent }) => textContent), form === document.forms[0]],
    ]
  })
  expect(seen).toEqual([
    ['oss-upload-picker', 'attachments', true, false, true],
    [['Attachments'], true],
  ])
})

test('a label and a disabled fieldset are heeded, as of any field', async ({ page, pagesUrl }) => {
  await page.goto(`${pagesUrl}/form.html`)
  await page.getByText('Attachments', { exact: true }).click()
  await expect(pickerPage(page).button('Choose files')).toBeFocused()
  await page.locator('fieldset').evaluate((set) => set.toggleAttribute('disabled', true))
  await expect(page.getByRole('button', { name: 'Choose a file', exact: true })).toBeDisabled()
})

test('a disabled one keeps what it holds; what is under way can be paused', async ({
  page,
  pagesUrl,
  folder,
}) => {
  await page.goto(`${pagesUrl}/plain.html?partSize=${MIB}&accept=.mp4,.txt`)
  await throttleUploads(page, 2 * MIB)
  const { picker, choose, row, rows, button } = pickerPage(page)
  await choose(
    await writeFileOf(folder, 'film.mp4', 10 * MIB),
    await writeFileOf(folder, 'done.txt', 1000),
    await writeFileOf(folder, 'refused.exe', 1000),
  )
  await expect(row('film.mp4')).toContainText('Uploading')
  await expect(row('done.txt')).toContainText('Uploaded', { timeout: 20_000 })
  await picker.evaluate((element: Window['picker']) => {
    element.disabled = true
  })
  for (const name of ['Remove film.mp4', 'Remove done.txt', 'Remove refused.exe', 'Clear done']) {
    await expect(button(name)).toBeDisabled()
  }
  await button('Pause film.mp4').click()
  await expect(row('film.mp4')).toContainText('Paused')
  await button('Resume film.mp4').click()
  await button('Pause all').click()
  await expect(button('Resume all')).toBeEnabled()
  await picker.evaluate((element: Window['picker']) => {
    element.disabled = false
  })
  await button('Clear done').click()
  await expect(rows).toHaveCount(1)
})

test('its label is heard with its buttons, and whether it is valid', async ({ page, pagesUrl }) => {
  await page.goto(`${pagesUrl}/form.html`)
  await expect(pickerPage(page).button('Choose files')).toBeVisible()
  const session = await devtools(page)
  const { nodes } = await session.send('Accessibility.getFullAXTree')
  const group = nodes.find(({ name }) => name?.value === 'Attachments' && name.sources?.length)
  const invalid = group?.properties?.find(({ name }) => name === 'invalid')
  expect([group?.role?.value, invalid?.value.value]).toEqual(['group', 'true'])
})
