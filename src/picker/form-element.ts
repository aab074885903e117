/** On a server there are no elements, and a page may be rendered there. */
const Base = (globalThis.HTMLElement ?? class {}) as typeof HTMLElement

/**
 * Says what the element itself holds against the form's being sent; no flags: nothing.
 *
 * @param anchor - Where the browser shows it.
 */
export let setOwnValidity: (
  element: FormElement,
  flags: ValidityStateFlags,
  message: string,
  anchor: HTMLElement,
) => void

/** What every field of a form has; the browser does it. */
export class FormElement extends Base {
  /** @internal */
  static readonly formAssociated = true

  static {
    setOwnValidity = (element, ...own) => {
      element.#own = own
      element.#validate()
    }
  }
  /** A group's label is heard with the buttons in it. */
  readonly #internals = Object.assign(this.attachInternals(), { role: 'group' })
  #own: [ValidityStateFlags, string?, HTMLElement?] = [{}]
  #custom = ''

  /** The name of the tag, as of form fields that are no inputs. */
  get type(): string {
    return this.localName
  }
  /** The form it is in. */
  get form(): HTMLFormElement | null {
    return this.#internals.form
  }
  /** As of any form field. */
  get labels(): NodeList {
    return this.#internals.labels
  }
  /** As of any form field: not while it is disabled. */
  get willValidate(): boolean {
    return this.#internals.willValidate
  }
  /** As of any form field: `valueMissing` without a file that is `required`, `customError` while files are in flight, or by `setCustomValidity`. */
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
  /** As of any form field: what the application holds against it comes first; empty: nothing. */
  setCustomValidity(message: string): void {
    this.#custom = `${message}`
    this.#validate()
  }

  #validate(): void {
    const [flags, message, anchor] = this.#own
    const isCustom = this.#custom !== ''
    this.#internals.setValidity(
      isCustom ? { ...flags, customError: true } : flags,
      this.#custom || message,
      anchor,
    )
  }
}
