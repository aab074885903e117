import type { OpenChannel } from '../environment.js'

/** Heard by all tabs and workers of the origin that opened the same name. */
export const openBroadcastChannel: OpenChannel = (name, onMessage) => {
  const channel = new BroadcastChannel(name)
  channel.onmessage = ({ data }: MessageEvent<unknown>) => onMessage(data)
  return {
    // A message that nobody waits for any more is no fault.
    post(message) {
      try {
        channel.postMessage(message)
      } catch (error) {
        if (!(error instanceof DOMException && error.name === 'InvalidStateError')) throw error
      }
    },
    close: () => channel.close(),
  }
}
