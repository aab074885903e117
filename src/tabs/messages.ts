/**
 * What the tabs at one upload say to one another, on a channel of its own. One of them holds it; the others are mirrors. What a
 * report tells is the task's affair.
 */
export type TabMessage<Report> =
  /** A mirror asks who holds the upload, and how far it is. */
  | { readonly type: 'hello'; readonly from: string; readonly hasFile: boolean }
  /** The holder's answer to one mirror: what the upload is of. */
  | { readonly type: 'welcome'; readonly to: string; readonly identity: unknown }
  /** Someone asks how far it is, once. */
  | { readonly type: 'ask' }
  /** Another one holds it from now on, and is to know its mirrors. */
  | { readonly type: 'takenOver' }
  /** The holder, to all. */
  | { readonly type: 'report'; readonly report: Report; readonly isFinal: boolean }
  /** A mirror has heard the last report. */
  | { readonly type: 'heard'; readonly from: string }
  /** A mirror looks on no more. */
  | { readonly type: 'left'; readonly from: string }
  | { readonly type: 'command'; readonly command: TabCommand }

export type TabCommand = 'pause' | 'resume' | 'cancel'

/** Tabs may run different releases of the library: those that speak otherwise do not hear one another. */
const VERSION = 1

export function sealMessage<Report>(message: TabMessage<Report>): unknown {
  return { version: VERSION, ...message }
}

export function readMessage<Report>(data: unknown): TabMessage<Report> | undefined {
  const message = data as (TabMessage<Report> & { readonly version: number }) | undefined
  return message?.version === VERSION ? message : undefined
}
