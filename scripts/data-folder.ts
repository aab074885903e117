import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export interface DataFolder {
  path: string
  release(): Promise<void>
}

/**
 * Takes a folder for this process. While another one holds it, a numbered folder inside serves instead: two local
 * OSS on one folder would sweep away each other's unfinished uploads.
 */
export async function claimDataFolder(wanted: string): Promise<DataFolder> {
  for (let number = 1; ; number += 1) {
    const path = number === 1 ? wanted : join(wanted, String(number))
    const claim = await listen(socketOf(path))
    if (claim) return { path, release: () => close(claim) }
  }
}

/**
 * The system frees a socket whatever ends its process, so no claim outlives its holder, as a file with a process
 * id could. Not inside the folder: the path of a socket may have about 100 bytes.
 */
function socketOf(path: string): string {
  const name = createHash('sha256').update(resolve(path)).digest('hex').slice(0, 32)
  if (process.platform === 'win32') return `\\\\.\\pipe\\oss-data-${name}`
  return join(tmpdir(), `oss-data-${name}.sock`)
}

/** Undefined when somebody listens there. */
async function listen(socket: string): Promise<Server | undefined> {
  const server = await tryToListen(socket)
  if (server || (await answers(socket))) return server
  // Left by a process that was killed.
  rmSync(socket, { force: true })
  return tryToListen(socket)
}

function tryToListen(socket: string): Promise<Server | undefined> {
  const server = createServer((connection) => connection.destroy())
  return new Promise((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') done(undefined)
      else fail(error)
    })
    server.listen(socket, () => done(server))
  })
}

function answers(socket: string): Promise<boolean> {
  const connection = connect(socket)
  return new Promise((done) => {
    connection.once('error', () => done(false))
    connection.once('connect', () => {
      connection.destroy()
      done(true)
    })
  })
}

function close(server: Server): Promise<void> {
  return new Promise((done) => {
    server.close(() => done())
  })
}
