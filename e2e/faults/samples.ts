import { sha256OfFile, writeFileOf } from '../support/files.js'

/** A file on disk, and what OSS has to have of it in the end. */
export interface Sample {
  readonly path: string
  readonly sha256: string
}

export interface Samples {
  /** Sent by one request. */
  readonly small: Sample
  /** Of three parts. */
  readonly large: Sample
}

export async function writeSamples(folder: string): Promise<Samples> {
  const write = async (name: string, size: number): Promise<Sample> => {
    const path = await writeFileOf(folder, name, size)
    return { path, sha256: await sha256OfFile(path) }
  }
  return { small: await write('small.bin', 60_000), large: await write('large.bin', 250_000) }
}
