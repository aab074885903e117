/** A refusal with the code and status the vendor documents for it. */
export class StsError extends Error {
  override readonly name = 'StsError'
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}
