import { type Item, type Kind, kindOf } from './item.js'
import type { Messages } from './messages.js'

/** What the form sends: the keys of what is stored. */
export function formValue(items: readonly Item[]): string[] {
  return items.flatMap((item) => (kindOf(item) === 'stored' && item.task ? [item.task.key] : []))
}

/** Whether the form can be sent, and why not. What failed or was refused does not hold it up: it is the user's to see to. */
export function formValidity(
  { open, stored }: Readonly<Record<Kind, number>>,
  isRequired: boolean,
  { inFlight, valueMissing }: Messages,
): { readonly flags: ValidityStateFlags; readonly message: string } {
  if (open > 0) return { flags: { customError: true }, message: inFlight }
  if (isRequired && stored === 0) return { flags: { valueMissing: true }, message: valueMissing }
  return { flags: {}, message: '' }
}
