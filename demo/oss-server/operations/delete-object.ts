import type { Reply } from '../reply.js'
import type { Call } from './call.js'

/** 204 whether or not it was there. */
export async function deleteObject({ services, key, commit }: Call): Promise<Reply> {
  await commit(key, () => services.store.objects.remove(key))
  return { status: 204 }
}
