import { notImplemented } from '../oss-error.js'
import type { Reply } from '../reply.js'

export async function postObject(): Promise<Reply> {
  throw notImplemented('PostObject')
}
