/** Starts a server on the preferred port, so that addresses stay the same from day to day, or where that is taken on any. */
export async function onFreePort<T>(
  preferred: number,
  start: (port: number) => Promise<T>,
): Promise<T> {
  try {
    return await start(preferred)
  } catch (error) {
    if (!isTaken(error)) throw error
    return start(0)
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
}
