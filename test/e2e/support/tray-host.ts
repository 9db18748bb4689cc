import { Message, type MessageBus, MessageType, NameFlag, RequestNameReply, sessionBus, Variant } from 'dbus-next'
import { callMethod } from './dbus-call.ts'
import { TrayItem } from './tray-item.ts'

/**
 * A desktop panel without pixels: owns `org.kde.StatusNotifierWatcher` on the session bus, so that Electron registers its
 * tray icon here, and lets a test read and click it. Start it before the app: Electron asks for a host once, while the
 * Tray is constructed, and falls back to an X11 icon for good if there is none.
 */
export interface TrayHost {
  /** Resolves with the newest icon that is (still) there, of this process if a pid is given. */
  waitForItem(options?: { pid?: number; timeoutMs?: number }): Promise<TrayItem>
  /** All icons that are there now, oldest first. */
  items(): readonly TrayItem[]
  close(): Promise<void>
}

const WATCHER = 'org.kde.StatusNotifierWatcher'
const WATCHER_PATH = '/StatusNotifierWatcher'
const PROPERTIES = 'org.freedesktop.DBus.Properties'

export async function startTrayHost(): Promise<TrayHost> {
  const host = new SessionTrayHost(await connect())
  await host.start()
  return host
}

/** Connects to DBUS_SESSION_BUS_ADDRESS, never to a bus dbus-next would guess. */
async function connect(): Promise<MessageBus> {
  const busAddress = process.env.DBUS_SESSION_BUS_ADDRESS
  if (!busAddress) throw new Error('No session bus: run this under `dbus-run-session --`.')
  const bus = sessionBus({ busAddress })
  await new Promise<void>((resolve, reject) => {
    bus.on('connect', resolve)
    bus.on('error', reject)
  })
  return bus
}

class SessionTrayHost implements TrayHost {
  readonly #bus: MessageBus
  #items: TrayItem[] = []
  readonly #waiters = new Set<() => void>()

  constructor(bus: MessageBus) {
    this.#bus = bus
  }

  async start(): Promise<void> {
    this.#bus.addMethodHandler((message: Message) => this.#answer(message))
    this.#bus.on('message', (message) => this.#forgetWhoLeft(message))
    await callMethod(this.#bus, {
      destination: 'org.freedesktop.DBus',
      path: '/org/freedesktop/DBus',
      interface: 'org.freedesktop.DBus',
      member: 'AddMatch',
      signature: 's',
      body: ["type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged'"],
    })
    // A panel of a real desktop keeps the name: such a bus is no place for tests.
    const reply = await this.#bus.requestName(WATCHER, NameFlag.DO_NOT_QUEUE)
    if (reply !== RequestNameReply.PRIMARY_OWNER) throw new Error(`${WATCHER} is taken on this session bus.`)
    this.#signal('StatusNotifierHostRegistered')
  }

  items(): readonly TrayItem[] {
    return [...this.#items]
  }

  async waitForItem(options: { pid?: number; timeoutMs?: number } = {}): Promise<TrayItem> {
    const { pid, timeoutMs = 15_000 } = options
    const deadline = Date.now() + timeoutMs
    for (;;) {
      const item = this.#items.findLast((candidate) => pid === undefined || candidate.pid === pid)
      if (item) return item
      const left = deadline - Date.now()
      if (left <= 0) throw new Error(`No tray icon was registered within ${timeoutMs} ms.`)
      await this.#changedWithin(left)
    }
  }

  async close(): Promise<void> {
    await this.#bus.releaseName(WATCHER)
    this.#bus.disconnect()
  }

  #changedWithin(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const settle = () => {
        clearTimeout(timer)
        this.#waiters.delete(settle)
        resolve()
      }
      const timer = setTimeout(settle, milliseconds)
      this.#waiters.add(settle)
    })
  }

  #setItems(items: TrayItem[]): void {
    this.#items = items
    for (const settle of [...this.#waiters]) settle()
  }

  /** Answers what a watcher must answer; true if the message was for it. */
  #answer(message: Message): boolean {
    if (message.path !== WATCHER_PATH) return false
    const [first, second] = message.body as [string?, string?]
    if (message.member === 'RegisterStatusNotifierItem' && first !== undefined) {
      // Not awaited: the bus is asked for the pid, and its answer comes through this same connection.
      this.#register(message.sender, first).catch((error: unknown) => console.error('tray host:', error))
      this.#bus.send(Message.newMethodReturn(message))
    } else if (message.member === 'RegisterStatusNotifierHost') {
      this.#bus.send(Message.newMethodReturn(message))
    } else if (message.interface === PROPERTIES && message.member === 'GetAll') {
      this.#bus.send(Message.newMethodReturn(message, 'a{sv}', [this.#properties()]))
    } else if (message.interface === PROPERTIES && message.member === 'Get') {
      const value = this.#properties()[second ?? '']
      if (!value) return false
      this.#bus.send(Message.newMethodReturn(message, 'v', [value]))
    } else {
      return false
    }
    return true
  }

  #properties(): Record<string, Variant> {
    return {
      IsStatusNotifierHostRegistered: new Variant('b', true),
      ProtocolVersion: new Variant('i', 0),
      RegisteredStatusNotifierItems: new Variant(
        'as',
        this.#items.map((item) => item.service),
      ),
    }
  }

  /**
   * The specification passes a bus name, libappindicator an object path, and Electron 43.4.1 to 44.0.0 a bus name with
   * the path behind it (electron/electron issue 53213). The name that was given is the one to talk to: Electron 43.4.0
   * answers nothing under its unique name (issue 53138).
   */
  async #register(sender: string, argument: string): Promise<void> {
    const slash = argument.indexOf('/')
    const name = slash === -1 ? argument : argument.slice(0, slash) || sender
    const path = slash === -1 ? '/StatusNotifierItem' : argument.slice(slash)
    const pid = await this.#pidOf(sender)
    const item = new TrayItem(this.#bus, { connection: sender, name, path, pid })
    const isSame = (other: TrayItem) => other.service === item.service
    this.#setItems([...this.#items.filter((other) => !isSame(other)), item])
    this.#signal('StatusNotifierItemRegistered', item.service)
  }

  async #pidOf(connection: string): Promise<number> {
    const reply = await callMethod(this.#bus, {
      destination: 'org.freedesktop.DBus',
      path: '/org/freedesktop/DBus',
      interface: 'org.freedesktop.DBus',
      member: 'GetConnectionUnixProcessID',
      signature: 's',
      body: [connection],
    })
    return reply[0] as number
  }

  /** An icon ends with its connection, or when it gives its own name back (Tray.destroy does). */
  #forgetWhoLeft(message: Message): void {
    if (message.type !== MessageType.SIGNAL || message.member !== 'NameOwnerChanged') return
    const [name, , newOwner] = message.body as [string, string, string]
    if (newOwner !== '') return
    const gone = this.#items.filter((item) => item.connection === name || item.name === name)
    if (gone.length === 0) return
    this.#setItems(this.#items.filter((item) => !gone.includes(item)))
    for (const item of gone) this.#signal('StatusNotifierItemUnregistered', item.service)
  }

  #signal(member: string, service?: string): void {
    const body = service === undefined ? [] : [service]
    this.#bus.send(Message.newSignal(WATCHER_PATH, WATCHER, member, service === undefined ? '' : 's', body))
  }
}
