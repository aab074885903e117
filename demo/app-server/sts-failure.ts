/**
 * Why there is no grant. `throttled`: the account asked too often; `unavailable`: no answer, or one of 5xx;
 * `misconfigured`: STS refused, and will until somebody changes the key, the role or its trust policy.
 */
export type StsFailureKind = 'throttled' | 'unavailable' | 'misconfigured'

/** The message is for the operator: it carries what STS said and must not reach a browser. */
export class StsFailure extends Error {
  override readonly name = 'StsFailure'
  readonly kind: StsFailureKind

  constructor(kind: StsFailureKind, message: string) {
    super(message)
    this.kind = kind
  }
}

/** Reads an error of the vendor's package. */
export function asStsFailure(error: unknown): StsFailure {
  const { code, statusCode, message } = fieldsOf(error)
  return new StsFailure(kindOf(code, statusCode), `${code || 'Error'}: ${message}`)
}

function kindOf(code: string, statusCode: number | undefined): StsFailureKind {
  if (code.includes('Throttling')) return 'throttled'
  if (statusCode !== undefined) return statusCode >= 500 ? 'unavailable' : 'misconfigured'
  // No status: either nobody answered, or the package found no credentials to sign with.
  return isNetworkCode(code) ? 'unavailable' : 'misconfigured'
}

function isNetworkCode(code: string): boolean {
  return /^(E[A-Z_]{3,}|RequestTimeoutError|ResponseTimeoutError|.*Timeout.*)$/.test(code)
}

function fieldsOf(error: unknown): {
  code: string
  statusCode: number | undefined
  message: string
} {
  if (!(error instanceof Error)) return { code: '', statusCode: undefined, message: String(error) }
  const { code, statusCode } = { code: undefined, statusCode: undefined, ...error } as {
    code: unknown
    statusCode: unknown
  }
  return {
    code: typeof code === 'string' ? code : error.name,
    statusCode: typeof statusCode === 'number' ? statusCode : undefined,
    message: error.message,
  }
}
