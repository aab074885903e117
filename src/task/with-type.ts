import type { ObjectOptions } from '../protocol/object-options.js'

/**
 * What goes to OSS where the application named no type: the file's own. It is no part of what was asked for, or a file that was
 * renamed would be another upload.
 */
export function withType<Options extends ObjectOptions>(options: Options, file: Blob): Options {
  const contentType = options.contentType ?? file.type.trim()
  return contentType ? { ...options, contentType } : options
}
