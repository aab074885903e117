import { readdirSync, readFileSync } from 'node:fs'

/** Kernel ticks a second; Linux tells programs 100 on every machine. */
const TICKS = 100

interface ProcessStat {
  readonly pid: number
  readonly parent: number
  readonly cpuMs: number
}

/** A process and all that came of it. Nothing on systems without /proc. */
function processTree(root: number): ProcessStat[] {
  const all = allProcesses()
  const tree = all.filter(({ pid }) => pid === root)
  for (const { pid } of tree) tree.push(...all.filter(({ parent }) => parent === pid))
  return tree
}

/** Milliseconds of CPU the tree has used; `undefined` where the system does not tell. */
export function cpuMsOf(root: number): number | undefined {
  const tree = processTree(root)
  if (tree.length === 0) return undefined
  return tree.reduce((sum, { cpuMs }) => sum + cpuMs, 0)
}

/** The processes of the tree that run pages. */
export function renderersOf(root: number): number[] {
  return processTree(root)
    .map(({ pid }) => pid)
    .filter((pid) => read(pid, 'cmdline').includes('--type=renderer'))
}

/** Bytes in memory that are the process's own or shared with others of its kind; what it maps of files is not. */
export function privateBytesOf(pid: number): number {
  const status = read(pid, 'status')
  const kibibytes = ['RssAnon', 'RssShmem'].map((name) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0),
  )
  return 1024 * kibibytes.reduce((sum, size) => sum + size, 0)
}

function allProcesses(): ProcessStat[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => stat(Number(name)))
  } catch {
    return []
  }
}

function stat(pid: number): ProcessStat[] {
  // The name is in parentheses and may hold anything.
  const fields = read(pid, 'stat').split(') ')[1]?.split(' ')
  if (!fields) return []
  const field = (number: number) => Number(fields[number - 3])
  // Those of its children that have ended and been waited for are counted with it.
  const ticks = [14, 15, 16, 17].reduce((sum, number) => sum + field(number), 0)
  return [{ pid, parent: field(4), cpuMs: (ticks * 1000) / TICKS }]
}

/** Of a process that has just ended there is nothing to read. */
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}
