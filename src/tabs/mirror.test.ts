import { expect, it } from 'vitest'
import { sealMessage, type TabMessage } from './messages.js'
import { createMirror } from './mirror.js'

type Message = TabMessage<string>

it('shows reports in the order they came in, though comparing takes its time', async () => {
  const shown: string[] = []
  let deliver: (data: unknown) => void = () => {}
  createMirror<string>({
    name: 'upload',
    id: 'mirror',
    openChannel: (_name, onMessage) => {
      deliver = onMessage
      return { post: () => {}, close: () => {} }
    },
    isSame: () => new Promise((resolve) => setImmediate(() => resolve(true))),
    onReport: (report) => shown.push(report),
    hasFile: () => true,
  })
  const say = (message: Message) => deliver(sealMessage(message))
  const report = (text: string) => say({ type: 'report', report: text, isFinal: false })
  const welcome = () => say({ type: 'welcome', to: 'mirror', identity: {} })
  report('preparing')
  welcome()
  report('uploading')
  welcome()
  report('paused')
  await expect.poll(() => shown).toEqual(['preparing', 'uploading', 'paused'])
})
