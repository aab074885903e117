import { describe, expect, it } from 'vitest'
import type { UploadState, UploadTask } from '../index.js'
import { formValidity, formValue } from './form-value.js'
import type { Item } from './item.js'
import { en } from './messages.js'

const NOTHING = { open: 0, stored: 0, failed: 0, other: 0 }

function item(id: number, status: UploadState['status']): Item {
  const task = { key: `${id}.txt` } as UploadTask
  return { id, name: 'a.txt', size: 3, task, state: { status } as UploadState }
}

it('sends the keys of what is stored, in the order of the list', () => {
  const items = [
    item(1, 'succeeded'),
    item(2, 'uploading'),
    item(3, 'failed'),
    item(4, 'succeeded'),
    { id: 5, name: 'refused.txt', size: 3, isRefused: true },
  ]
  expect(formValue(items)).toEqual(['1.txt', '4.txt'])
})

describe('a form', () => {
  it('waits for what is on its way, whether or not it needs a file', () => {
    const validity = { flags: { customError: true }, message: en.inFlight }
    expect(formValidity({ ...NOTHING, open: 1, stored: 1 }, false, en)).toEqual(validity)
    expect(formValidity({ ...NOTHING, open: 1 }, true, en)).toEqual(validity)
  })

  it('that needs a file needs a stored one', () => {
    const missing = { flags: { valueMissing: true }, message: en.valueMissing }
    expect(formValidity(NOTHING, true, en)).toEqual(missing)
    expect(formValidity({ ...NOTHING, failed: 1, other: 1 }, true, en)).toEqual(missing)
    expect(formValidity({ ...NOTHING, stored: 1 }, true, en).flags).toEqual({})
  })

  it('is not held up by what failed or was refused', () => {
    const validity = formValidity({ ...NOTHING, failed: 1, other: 1 }, false, en)
    expect(validity).toEqual({ flags: {}, message: '' })
  })
})
