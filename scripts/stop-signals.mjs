const REPEAT_MS = 500
const PATIENCE_MS = 8000

/**
 * Calls `stop` on Ctrl-C, SIGTERM, or a closed terminal, then exits. A second signal exits at once.
 *
 * One Ctrl-C arrives twice under npm (from the terminal, and passed on by npm), so only a signal that comes
 * clearly later counts as the second.
 *
 * @param {{ stop: () => unknown, exitCode: number }} options
 */
export function exitOnStopSignal({ stop, exitCode }) {
  /** @type {number | undefined} */
  let since

  const onSignal = async () => {
    if (since !== undefined) {
      if (performance.now() - since > REPEAT_MS) process.exit(exitCode)
      return
    }
    since = performance.now()
    setTimeout(() => process.exit(exitCode), PATIENCE_MS)
    try {
      await stop()
    } catch (error) {
      console.error(error)
    }
    process.exit(exitCode)
  }

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, onSignal)
  // A closed terminal also breaks our output; that must not end us half-way.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  const { npm_lifecycle_event: startedByNpm } = process.env
  if (startedByNpm !== undefined) followParent(onSignal)
}

/**
 * npm cannot pass a SIGKILL on, so look whether it is still there.
 *
 * @param {() => void} onGone
 */
function followParent(onGone) {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    onGone()
  }, 500)
  timer.unref()
}
