import { formValidity } from './form-value.js'
import type { Kind } from './item.js'
import type { Messages } from './messages.js'

interface Field {
  /** Says why the form cannot be sent. */
  readonly object: (flags: ValidityStateFlags, message: string) => void
  /** Of the field; empty: it sends nothing. */
  readonly name: () => string
  readonly isRequired: () => boolean
  readonly keys: () => readonly string[]
  readonly counts: Readonly<Record<Kind, number>>
  readonly messages: () => Messages
}

/** The element as a field of a form. */
export function createFormField(field: Field) {
  /** None is said, too: with where the browser shows what the application holds against it. */
  let objection: string | undefined
  let listening = new AbortController()
  return {
    /** Keys are added when the form is read, and not at each of ten thousand files. */
    joins(form: HTMLFormElement | null): void {
      listening.abort()
      listening = new AbortController()
      const add = ({ formData }: FormDataEvent) => {
        const name = field.name()
        if (name) for (const key of field.keys()) formData.append(name, key)
      }
      form?.addEventListener('formdata', add, { signal: listening.signal })
    },
    validate(): void {
      const { flags, message } = formValidity(field.counts, field.isRequired(), field.messages())
      if (message === objection) return
      objection = message
      field.object(flags, message)
    },
  }
}
