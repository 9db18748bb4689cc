import { readdirSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { kill, type RunMember } from './machine.ts'

/** A process that answers may be busy, but not that long. */
const ANSWER_MS = 15_000

interface Contact {
  readonly member: RunMember
  readonly socket: Socket
  isOpen: boolean
}

/** `gone`: nobody listens there any more, or somebody else. `unclear`: the connection ended before the answer. */
type Reached = Contact | 'gone' | 'unclear'

/**
 * Which processes of services are there, known without the system's process table: each listens on a port of its own that
 * a file in present/ names, and the system closes the port and the connections to it when it ends, however it does.
 */
export class Presence {
  /** By file. */
  readonly #reached = new Map<string, Promise<Reached>>()

  async list(home: string): Promise<RunMember[]> {
    const files = readdirSync(join(home, 'present'))
    const reached = await Promise.all(files.map((name) => this.#contact(join(home, 'present', name), name)))
    await nextTurn() // For connections that were closed meanwhile.
    return reached.flatMap((one) => (isContact(one) && one.isOpen ? [one.member] : []))
  }

  /** Those that this has seen; what it has not ends with the harness. */
  endAll(home: string): void {
    for (const [file, reached] of this.#reached) {
      if (!file.startsWith(home)) continue
      this.#reached.delete(file)
      void reached.then((one) => {
        if (!isContact(one)) return
        if (one.isOpen) kill(one.member.pid)
        one.socket.destroy()
      })
    }
  }

  /** An end of the connection says that the process is gone only if no other can be made. */
  async #contact(file: string, name: string): Promise<Reached> {
    const known = this.#reached.get(file)
    const found = await known
    if (found === 'gone' || (found !== undefined && isContact(found) && found.isOpen)) return found
    // Somebody else may have asked again meanwhile: one process, one connection.
    const current = this.#reached.get(file)
    if (current !== undefined && current !== known) return await current
    const again = reach(name)
    this.#reached.set(file, again)
    return await again
  }
}

const isContact = (reached: Reached): reached is Contact => typeof reached === 'object'

/** @param name "<key, encoded>.<run>.<pid>.<port>" */
async function reach(name: string): Promise<Reached> {
  const [key = '', run = '', pid = '', port = ''] = name.split('.')
  const socket = connect({ host: '127.0.0.1', port: Number(port) })
  // Its own words prove that it is not some later process on the same port.
  const answer = await firstLine(socket)
  if (answer === `${run}.${pid}`) {
    const member = { key: decodeURIComponent(key), run, pid: Number(pid), createdAt: null }
    const contact: Contact = { member, socket, isOpen: !socket.closed }
    socket.once('close', () => {
      contact.isOpen = false
    })
    return contact
  }
  socket.destroy()
  return answer === 'closed' ? 'unclear' : 'gone'
}

/** Also `refused`: nobody listens. `closed`: somebody did, and then ended or let go. */
function firstLine(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const timer = setTimeout(() => reject(new Error(`port ${socket.remotePort} does not answer`)), ANSWER_MS)
    const settle = (answer: string) => {
      clearTimeout(timer)
      resolve(answer)
    }
    socket.setEncoding('latin1')
    // Also later: a process that is killed may reset the connection.
    socket.on('error', (error: NodeJS.ErrnoException) => settle(error.code === 'ECONNREFUSED' ? 'refused' : 'closed'))
    socket.on('close', () => settle('closed'))
    socket.on('data', (chunk: string) => {
      text += chunk
      if (text.endsWith('\n')) settle(text.trim())
    })
  })
}
