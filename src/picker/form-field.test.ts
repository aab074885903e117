import { expect, it, vi } from 'vitest'
import { createFormField } from './form-field.js'
import { en } from './messages.js'

it('says from the start where it is shown what the application holds against it', () => {
  const object = vi.fn()
  const field = createFormField({
    object,
    name: () => 'files',
    isRequired: () => false,
    keys: () => [],
    counts: { open: 0, stored: 0, failed: 0, other: 0 },
    messages: () => en,
  })
  field.validate()
  field.validate()
  expect(object.mock.calls).toEqual([[{}, '']])
})
