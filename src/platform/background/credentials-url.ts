/** Where a page stands. */
interface Place {
  readonly baseURI: string
  readonly origin: string
}

/**
 * The absolute URL at which a worker gets credentials without its page.
 *
 * @throws TypeError naming the cure for credentials that end with the page, or that its cookies do not open.
 */
export function backgroundCredentialsUrl(credentials: unknown, { baseURI, origin }: Place): string {
  if (typeof credentials !== 'string') {
    throw new TypeError(
      'background: true needs credentials to be a URL: a function ends with its page, and the uploads are to go on.',
    )
  }
  const url = URL.canParse(credentials, baseURI) ? new URL(credentials, baseURI) : undefined
  if (url?.origin === origin) return url.href
  throw new TypeError(
    `background: true needs credentials from this page's own origin, ${origin}, where its cookies open them; "${credentials}" is not there.`,
  )
}
