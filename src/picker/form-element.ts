/** On a server there are no elements, and a page may be rendered there. */
const Base = (globalThis.HTMLElement ?? class {}) as typeof HTMLElement

/** What the element alone may touch. */
export let internalsOf: (element: FormElement) => ElementInternals

/** What every field of a form has; the browser does it. */
export class FormElement extends Base {
  /** @internal */
  static readonly formAssociated = true

  static {
    internalsOf = (element) => element.#internals
  }
  /** A group's label is heard with the buttons in it. */
  readonly #internals = Object.assign(this.attachInternals(), { role: 'group' })

  /** The form it is in. */
  get form(): HTMLFormElement | null {
    return this.#internals.form
  }
  /** As of any form field: `valueMissing` without a file that is `required`, `customError` while files are in flight. */
  get validity(): ValidityState {
    return this.#internals.validity
  }
  /** Why the form cannot be sent, as it is shown. */
  get validationMessage(): string {
    return this.#internals.validationMessage
  }
  /** As of any form field. */
  checkValidity(): boolean {
    return this.#internals.checkValidity()
  }
  /** As of any form field. */
  reportValidity(): boolean {
    return this.#internals.reportValidity()
  }
}
