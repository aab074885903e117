import type { Clock, OpenChannel } from '../environment.js'
import { readMessage, sealMessage, type TabCommand, type TabMessage } from './messages.js'

export interface MirrorContext<Report> {
  readonly openChannel: OpenChannel
  readonly name: string
  /** Of this end. */
  readonly id: string
  /** Whether what the holder uploads is what this tab would. Until that is known, no report is believed. */
  readonly isSame: (identity: unknown) => Promise<boolean>
  readonly onReport: (report: Report, isFinal: boolean) => void
  /** Whether it could go on by itself. */
  readonly hasFile: () => boolean
}

/** A tab that shows an upload another one runs, and whose buttons steer it. */
export function createMirror<Report>(context: MirrorContext<Report>) {
  const { id } = context
  let welcome: (isSame: Promise<boolean>) => void = () => {}
  let accepted = new Promise<boolean>((resolve) => {
    welcome = resolve
  })
  /** Reports are shown in the order they came in, though the first ones wait for the comparison. */
  let shown = Promise.resolve()
  const channel = context.openChannel(context.name, receive)
  hello()

  function hello(): void {
    post({ type: 'hello', from: id, hasFile: context.hasFile() })
  }

  function post(message: TabMessage<Report>): void {
    channel.post(sealMessage(message))
  }

  function receive(data: unknown): void {
    const message = readMessage<Report>(data)
    if (message?.type === 'takenOver') hello()
    if (message?.type === 'welcome' && message.to === id) {
      accepted = context.isSame(message.identity)
      welcome(accepted)
    }
    if (message?.type !== 'report') return
    const { report, isFinal } = message
    shown = shown.then(() => show(report, isFinal))
  }

  async function show(report: Report, isFinal: boolean): Promise<void> {
    if (!(await accepted)) return
    if (isFinal) post({ type: 'heard', from: id })
    context.onReport(report, isFinal)
  }

  return {
    /** Once it is known to be the same upload: another one's buttons are not this tab's. */
    async tell(command: TabCommand): Promise<void> {
      if (await accepted) post({ type: 'command', command })
    },
    close(): void {
      post({ type: 'left', from: id })
      channel.close()
    },
  }
}

export type Mirror = ReturnType<typeof createMirror>

/** Steers an upload without looking on. */
export function tellHolder(openChannel: OpenChannel, name: string, command: TabCommand): void {
  const channel = openChannel(name, () => {})
  channel.post(sealMessage({ type: 'command', command }))
  channel.close()
}

/** How the upload goes, from whoever holds it; `undefined` when nobody answers in time. */
export function askHolder<Report>(
  { openChannel, clock }: { readonly openChannel: OpenChannel; readonly clock: Clock },
  name: string,
): Promise<Report | undefined> {
  return new Promise((resolve) => {
    const channel = openChannel(name, (data) => {
      const message = readMessage<Report>(data)
      if (message?.type === 'report') finish(message.report)
    })
    const cancelTimer = clock.after(ANSWER_WITHIN_MS, () => finish(undefined))
    function finish(report: Report | undefined): void {
      cancelTimer()
      channel.close()
      resolve(report)
    }
    channel.post(sealMessage({ type: 'ask' }))
  })
}

/** A tab that is busy answers later than that, and is then shown as one that is. */
const ANSWER_WITHIN_MS = 500
