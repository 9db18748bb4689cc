import { DBusError, type MessageBus, Variant } from 'dbus-next'
import { callMethod } from './dbus-call.ts'

export interface IconPixmap {
  readonly width: number
  readonly height: number
  /** Four bytes a pixel in network byte order: alpha, red, green, blue. */
  readonly argb: Buffer
}

export interface MenuNode {
  readonly id: number
  readonly type: 'standard' | 'separator'
  /** As a person reads it: without access keys. */
  readonly label: string
  readonly enabled: boolean
  readonly visible: boolean
  readonly children: readonly MenuNode[]
}

export interface TrayItemAddress {
  /** Unique name of the connection that registered it. */
  readonly connection: string
  /** Name to send messages to. */
  readonly name: string
  readonly path: string
  readonly pid: number
}

type RawNode = [id: number, properties: Record<string, Variant | undefined>, children: Variant<RawNode>[]]

const ITEM = 'org.kde.StatusNotifierItem'
const MENU = 'com.canonical.dbusmenu'

/** One tray icon as its desktop sees it. Everything is asked anew on each call; poll with `expect.poll`. */
export class TrayItem {
  readonly connection: string
  readonly name: string
  readonly path: string
  readonly pid: number
  readonly #bus: MessageBus

  constructor(bus: MessageBus, address: TrayItemAddress) {
    this.#bus = bus
    this.connection = address.connection
    this.name = address.name
    this.path = address.path
    this.pid = address.pid
  }

  /** How it stands in the watcher's list. */
  get service(): string {
    return this.name + this.path
  }

  async properties(): Promise<Record<string, unknown>> {
    const [all] = await callMethod(this.#bus, {
      destination: this.name,
      path: this.path,
      interface: 'org.freedesktop.DBus.Properties',
      member: 'GetAll',
      signature: 's',
      body: [ITEM],
    })
    const entries = Object.entries(all as Record<string, Variant>)
    return Object.fromEntries(entries.map(([property, variant]) => [property, variant.value]))
  }

  /**
   * `setToolTip` is the title of the ToolTip property. Chromium leaves its other parts, the Title property and IconName
   * empty (on GNOME it writes the icon to a file and names that instead of sending IconPixmap).
   */
  async tooltip(): Promise<string> {
    const { ToolTip } = await this.properties()
    const [, , title] = ToolTip as [iconName: string, icons: unknown[], title: string, text: string]
    return title
  }

  /** The largest of the icon's bitmaps. */
  async iconPixmap(): Promise<IconPixmap> {
    const { IconPixmap } = await this.properties()
    const bitmaps = (IconPixmap as [number, number, Buffer][]).map(([width, height, argb]) => ({ width, height, argb }))
    const largest = bitmaps.toSorted((a, b) => b.width - a.width)[0]
    if (!largest) throw new Error('The tray icon has no bitmap.')
    return largest
  }

  /** The whole menu, as it is now. Ids belong to this layout: a menu that is set anew numbers its items anew. */
  async menu(): Promise<readonly MenuNode[]> {
    const path = await this.#menuPath()
    const [, root] = await this.#callMenu(path, 'GetLayout', 'iias', [0, -1, []])
    return menuNode(root as RawNode).children
  }

  /**
   * Clicks the item that this path of labels leads to, e.g. `[/^Demo server/, 'Stop']`, the way a panel does: each submenu
   * on the way is announced first. Refuses what a person could not click.
   */
  async click(labels: readonly (string | RegExp)[]): Promise<void> {
    const path = await this.#menuPath()
    await this.#aboutToShow(path, 0)
    const node = await this.#find(labels)
    const event = [node.id, 'clicked', new Variant('i', 0), 0]
    await this.#callMenu(path, 'Event', 'isvu', event).catch((error: unknown) => {
      // "Quit" removes the icon before Chromium replies.
      if (!(error instanceof DBusError && error.type === 'org.freedesktop.DBus.Error.NoReply')) throw error
    })
  }

  /** What a left click on the icon does. */
  async activate(): Promise<void> {
    await callMethod(this.#bus, {
      destination: this.name,
      path: this.path,
      interface: ITEM,
      member: 'Activate',
      signature: 'ii',
      body: [0, 0],
    })
  }

  async #find(labels: readonly (string | RegExp)[]): Promise<MenuNode> {
    const path = await this.#menuPath()
    let found: MenuNode | undefined
    for (const [depth, wanted] of labels.entries()) {
      const siblings: readonly MenuNode[] = await this.#levelBelow(labels.slice(0, depth))
      found = findNode(siblings, wanted)
      if (!found.enabled) throw new Error(`The menu item "${found.label}" is disabled.`)
      if (found.children.length > 0) await this.#aboutToShow(path, found.id)
    }
    if (!found) throw new Error('No menu item was named.')
    return found
  }

  /** Read anew for each level: AboutToShow may have changed it. */
  async #levelBelow(ancestors: readonly (string | RegExp)[]): Promise<readonly MenuNode[]> {
    let level = await this.menu()
    for (const wanted of ancestors) level = findNode(level, wanted).children
    return level
  }

  /** Electron 25 answers this with an error for the root (id 0); panels do not care, so neither does this one. */
  async #aboutToShow(path: string, id: number): Promise<void> {
    await this.#callMenu(path, 'AboutToShow', 'i', [id]).catch((error: unknown) => {
      if (!(error instanceof DBusError)) throw error
    })
  }

  async #menuPath(): Promise<string> {
    const { Menu } = await this.properties()
    return Menu as string
  }

  async #callMenu(path: string, member: string, signature: string, body: unknown[]): Promise<unknown[]> {
    return await callMethod(this.#bus, { destination: this.name, path, interface: MENU, member, signature, body })
  }
}

function findNode(nodes: readonly MenuNode[], wanted: string | RegExp): MenuNode {
  const matches = (label: string) => (typeof wanted === 'string' ? label === wanted : wanted.test(label))
  const found = nodes.filter((node) => node.visible && node.type === 'standard' && matches(node.label))
  if (found.length === 1 && found[0]) return found[0]
  const present = nodes.map((node) => JSON.stringify(node.label)).join(', ')
  throw new Error(`Expected one menu item ${wanted}, found ${found.length} in ${present}.`)
}

/** dbusmenu leaves out what has its default value. */
function menuNode([id, properties, children]: RawNode): MenuNode {
  return {
    id,
    type: properties.type?.value === 'separator' ? 'separator' : 'standard',
    label: withoutAccessKey(String(properties.label?.value ?? '')),
    enabled: properties.enabled?.value !== false,
    visible: properties.visible?.value !== false,
    children: children.map((child) => menuNode(child.value)),
  }
}

/** In dbusmenu `_` marks the access key and `__` is an underscore. */
function withoutAccessKey(label: string): string {
  return label.replace(/_(_?)/g, '$1')
}
