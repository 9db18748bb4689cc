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

/**
 * Which processes of services are there, known without the system's process table: each listens on a port of its own that
 * a file in present/ names, and the system closes the connection to it when it ends, however it does.
 */
export class Presence {
  /** By file; null for those that have ended. */
  readonly #contacts = new Map<string, Promise<Contact | null>>()

  async list(home: string): Promise<RunMember[]> {
    const contacts: (Contact | null)[] = []
    for (const name of readdirSync(join(home, 'present'))) {
      const file = join(home, 'present', name)
      const contact = this.#contacts.get(file) ?? reach(name)
      this.#contacts.set(file, contact)
      contacts.push(await contact)
    }
    await nextTurn() // For connections that were closed meanwhile.
    return contacts.flatMap((contact) => (contact?.isOpen ? [contact.member] : []))
  }

  /** Those that this has seen; what it has not ends with the harness. */
  endAll(home: string): void {
    for (const [file, contact] of this.#contacts) {
      if (!file.startsWith(home)) continue
      void contact.then((found) => {
        if (found?.isOpen) kill(found.member.pid)
        found?.socket.destroy()
      })
      this.#contacts.delete(file)
    }
  }
}

/** @param name "<key, encoded>.<run>.<pid>.<port>" */
async function reach(name: string): Promise<Contact | null> {
  const [key = '', run = '', pid = '', port = ''] = name.split('.')
  const socket = connect({ host: '127.0.0.1', port: Number(port) })
  // Its own words prove that it is not some later process on the same port.
  const answer = await firstLine(socket)
  if (answer !== `${run}.${pid}`) {
    socket.destroy()
    return null
  }
  const member = { key: decodeURIComponent(key), run, pid: Number(pid), createdAt: null }
  const contact: Contact = { member, socket, isOpen: !socket.closed }
  socket.once('close', () => {
    contact.isOpen = false
  })
  socket.resume()
  return contact
}

/** Null if there is nobody, or nobody any more. */
function firstLine(socket: Socket): Promise<string | null> {
  return new Promise((resolve, reject) => {
    let text = ''
    const timer = setTimeout(() => reject(new Error(`port ${socket.remotePort} does not answer`)), ANSWER_MS)
    const settle = (answer: string | null) => {
      clearTimeout(timer)
      resolve(answer)
    }
    socket.setEncoding('latin1')
    socket.on('error', () => settle(null)) // Also later: a process that is killed may reset the connection.
    socket.on('close', () => settle(null))
    socket.on('data', (chunk: string) => {
      text += chunk
      if (text.endsWith('\n')) settle(text.trim())
    })
  })
}
