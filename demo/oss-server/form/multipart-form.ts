import { OssError } from '../oss-error.js'

/** One field of a `multipart/form-data` body. Read its body to the end before asking for the next. */
export interface FormPart {
  /** Lower case: OSS does not tell field names apart by case. */
  name: string
  filename: string | undefined
  contentType: string | undefined
  body: AsyncGenerator<Buffer>
}

const MAX_HEADER_BYTES = 16 * 1024
const END_OF_HEADERS = Buffer.from('\r\n\r\n')

export function boundaryOf(contentType: string | undefined): string {
  const [, quoted, plain] =
    /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(
      contentType ?? '',
    ) ?? []
  const boundary = quoted ?? plain
  if (boundary !== undefined) return boundary
  throw new OssError(
    400,
    'RequestIsNotMultiPartContent',
    'Bucket POST must be of the enclosure-type multipart/form-data.',
  )
}

/** Reads a form as it comes in: of a file of 5 GB never more than a chunk is in memory. */
export async function* readForm(
  source: AsyncIterable<Buffer>,
  boundary: string,
): AsyncGenerator<FormPart> {
  const input = createInput(source)
  // The first delimiter has no line before it; a line break put in front makes all of them alike.
  input.unshift(Buffer.from('\r\n'))
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  await skip(input.until(delimiter))
  for (;;) {
    const next = await input.take(2)
    if (next.toString('latin1') === '--') return
    if (next.toString('latin1') !== '\r\n') throw malformed()
    const body = input.until(delimiter)
    yield { ...parseHeaders(await readHeaders(input)), body }
    await skip(body)
  }
}

interface Input {
  unshift(bytes: Buffer): void
  take(length: number): Promise<Buffer>
  /** Everything before the mark, and the mark is consumed. */
  until(mark: Buffer): AsyncGenerator<Buffer>
}

function createInput(source: AsyncIterable<Buffer>): Input {
  const chunks = source[Symbol.asyncIterator]()
  let buffered: Buffer = Buffer.alloc(0)

  async function pull(): Promise<void> {
    const { done, value } = await chunks.next()
    if (done) throw malformed()
    buffered = buffered.length === 0 ? value : Buffer.concat([buffered, value])
  }

  return {
    unshift(bytes) {
      buffered = Buffer.concat([bytes, buffered])
    },
    async take(length) {
      while (buffered.length < length) await pull()
      const taken = buffered.subarray(0, length)
      buffered = buffered.subarray(length)
      return taken
    },
    async *until(mark) {
      for (;;) {
        const at = buffered.indexOf(mark)
        // Without the mark, all but its possible beginning at the end is content.
        const end = at < 0 ? Math.max(buffered.length - mark.length + 1, 0) : at
        if (end > 0) {
          const content = buffered.subarray(0, end)
          buffered = buffered.subarray(end)
          yield content
        }
        if (at >= 0) {
          buffered = buffered.subarray(mark.length)
          return
        }
        await pull()
      }
    },
  }
}

async function readHeaders(input: Input): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of input.until(END_OF_HEADERS)) {
    bytes += chunk.length
    if (bytes > MAX_HEADER_BYTES) throw malformed()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parseHeaders(text: string): Omit<FormPart, 'body'> {
  const headers = new Map(
    text.split('\r\n').map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const
    }),
  )
  const disposition = headers.get('content-disposition') ?? ''
  const name = parameter(disposition, 'name')
  if (!disposition.toLowerCase().startsWith('form-data') || !name) throw malformed()
  return {
    name: name.toLowerCase(),
    filename: parameter(disposition, 'filename'),
    contentType: headers.get('content-type'),
  }
}

/** Browsers write `"` in a name as `%22`, some other clients as `\"`. */
function parameter(disposition: string, name: string): string | undefined {
  const pattern = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s;]+))`, 'i')
  const [, quoted, plain] = pattern.exec(disposition) ?? []
  return quoted?.replace(/\\(["\\])/g, '$1').replaceAll('%22', '"') ?? plain
}

async function skip(body: AsyncIterable<Buffer>): Promise<void> {
  for await (const _chunk of body);
}

function malformed(): OssError {
  const message = 'The body of your POST request is not well-formed multipart/form-data.'
  return new OssError(400, 'MalformedPOSTRequest', message)
}
