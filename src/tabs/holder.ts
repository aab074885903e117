import type { Clock, OpenChannel } from '../environment.js'
import { readMessage, sealMessage, type TabCommand, type TabMessage } from './messages.js'

/** How often mirrors hear of progress; a change of status goes out at once. */
const REPORT_EVERY_MS = 200
/** How long the end waits for mirrors that may be gone. */
const HEARD_WITHIN_MS = 1000

export interface HolderContext<Report> {
  readonly openChannel: OpenChannel
  readonly clock: Clock
  /** Name of the upload's channel. */
  readonly name: string
  /** What the upload is of: compared by whoever would mirror it. */
  readonly identity: () => Promise<unknown>
  readonly report: () => Report
  readonly onCommand: (command: TabCommand) => void
  /** It has no file to go on with. */
  readonly isWaiting: () => boolean
  /** Someone has come who has the file. */
  readonly onOutranked: () => void
}

/** The tab that runs an upload: tells the others how it goes, and obeys their buttons. */
export function createHolder<Report>(context: HolderContext<Report>) {
  const { clock } = context
  const mirrors = new Set<string>()
  let isOver = false
  let hasBeenHeard = false
  let isReportDue = false
  let onAllHeard: () => void = () => {}
  const channel = context.openChannel(context.name, receive)
  post({ type: 'takenOver' })

  function post(message: TabMessage<Report>): void {
    channel.post(sealMessage(message))
  }

  function send(): void {
    post({ type: 'report', report: context.report(), isFinal: isOver })
  }

  function receive(data: unknown): void {
    const message = readMessage<Report>(data)
    if (message?.type === 'heard') {
      hasBeenHeard = true
      forget(message.from)
    }
    if (message?.type === 'left') forget(message.from)
    // Who comes after the end is not to take it for its own: it has its turn in a moment.
    if (isOver) return
    if (message?.type === 'hello' && message.hasFile && context.isWaiting()) context.onOutranked()
    else if (message?.type === 'hello') void welcome(message.from)
    if (message?.type === 'ask') send()
    if (message?.type === 'command') context.onCommand(message.command)
  }

  async function welcome(mirror: string): Promise<void> {
    mirrors.add(mirror)
    const identity = await context.identity().catch(() => undefined)
    post({ type: 'welcome', to: mirror, identity })
    send()
  }

  function forget(mirror: string): void {
    mirrors.delete(mirror)
    if (mirrors.size === 0) onAllHeard()
  }

  return {
    /** To be called with every change. */
    changed(isUrgent: boolean): void {
      if (mirrors.size === 0 || isOver) return
      if (isUrgent) send()
      if (isUrgent || isReportDue) return
      isReportDue = true
      clock.after(REPORT_EVERY_MS, () => {
        isReportDue = false
        if (!isOver) send()
      })
    },
    /** Another one is to hold it. */
    close: () => channel.close(),
    /**
     * Tells the end, and waits until every mirror has heard it: the next in line must not find the lock free and the end untold.
     *
     * @returns whether anyone has heard it.
     */
    async end(): Promise<boolean> {
      isOver = true
      if (mirrors.size > 0) {
        await new Promise<void>((resolve) => {
          onAllHeard = resolve
          clock.after(HEARD_WITHIN_MS, resolve)
          send()
        })
      }
      channel.close()
      return hasBeenHeard
    },
  }
}

export type Holder = ReturnType<typeof createHolder>
