import type { Identity, ProcessEntry, ProcessTable } from './processes/process-table.ts'

/** An environment variable that a run gave its process and that all descendants inherit. */
export interface Marker {
  readonly name: string
  readonly value: string
}

/** How the members of a tree are found. */
export interface TreeOptions {
  /** Finds descendants that left the tree: by setsid, or because their parent ended. */
  readonly marker?: Marker
  /**
   * The root was watched until now: if it has ended, that was a moment ago, and its group's number has not passed to
   * strangers. Then the group counts also where nothing carries the marker (programs that set their title overwrite
   * their environment).
   */
  readonly watchedToItsEnd?: boolean
  /**
   * The root is the process that the run began with, not one found later: nothing of its tree is older than it is. Then
   * older processes need not be looked at, which are nearly all.
   */
  readonly rootIsOldest?: boolean
  /**
   * Only the root and its process group belong to the tree: what the root started and let go, such as a server that a
   * command leaves running, does not.
   */
  readonly groupOnly?: boolean
  /** Pids that are never members, whatever they descend from. */
  readonly spared?: ReadonlySet<number>
}

/** Tells a process from any other of the same boot. */
export const identityKey = (entry: Pick<ProcessEntry, 'pid' | 'createdAt'>): string => `${entry.pid}:${entry.createdAt}`

/**
 * The members of one run's process tree, found anew at each look: descendants of the root or of any member ever seen,
 * the root's process group, and whatever carries the marker. Members stay known by identity after their parent ended,
 * when they can no longer be found by descent.
 */
export class ProcessTree {
  readonly #table: ProcessTable
  readonly #rootPid: number
  readonly #marker: Marker | undefined
  readonly #groupIsOurs: boolean
  readonly #groupOnly: boolean
  readonly #spared: ReadonlySet<number>
  readonly #listOptions: { readonly createdSince?: string }
  /** Identities that belong to the tree, dead or alive. */
  readonly #known = new Set<string>()
  /** Identities whose environment was looked at, so that each is read once. */
  readonly #examined = new Set<string>()

  constructor(root: Identity, rootIsAlive: boolean, options: TreeOptions, table: ProcessTable) {
    this.#table = table
    this.#rootPid = root.pid
    this.#marker = options.marker
    this.#groupIsOurs = !rootIsAlive && options.watchedToItsEnd === true
    this.#groupOnly = options.groupOnly === true
    this.#spared = options.spared ?? new Set()
    this.#listOptions = options.rootIsOldest === true ? { createdSince: root.createdAt } : {}
    if (rootIsAlive && !this.#spared.has(root.pid)) this.#known.add(`${root.pid}:${root.createdAt}`)
  }

  /** The members that are alive. Empty only if two looks agree. */
  async alive(): Promise<ProcessEntry[]> {
    const alive = await this.#look()
    if (alive.length > 0) return alive
    // A list is not of one moment: a process forked while it was made is not in it, and one that is just being executed
    // shows an empty environment.
    this.#examined.clear()
    return await this.#look()
  }

  async #look(): Promise<ProcessEntry[]> {
    // We and what runs us are never members, even if somebody started the app with a marker in its environment.
    const entries = (await this.#table.list(this.#listOptions)).filter(
      (entry) => entry.pid !== process.pid && entry.pid > 1 && !this.#spared.has(entry.pid),
    )
    await this.#addMarked(entries)
    this.#addRelated(entries)
    return entries.filter((entry) => this.#known.has(identityKey(entry)))
  }

  async #addMarked(entries: readonly ProcessEntry[]): Promise<void> {
    if (this.#marker === undefined) return
    const unseen = entries.filter((entry) => !this.#examined.has(identityKey(entry)))
    const { name, value } = this.#marker
    const marked = await this.#table.withEnvironment(
      unseen.map((entry) => entry.pid),
      name,
      value,
    )
    for (const entry of unseen) {
      this.#examined.add(identityKey(entry))
      if (marked.has(entry.pid)) this.#known.add(identityKey(entry))
    }
  }

  /** Adds descendants and group members of known ones until nothing new is found. */
  #addRelated(entries: readonly ProcessEntry[]): void {
    // A pid is not given again while a group bears its number, so a new owner of the pid means a new group.
    const groupIsOurs = this.#groupIsOurs && entries.every((entry) => entry.pid !== this.#rootPid)
    let grew = true
    while (grew) {
      grew = false
      const members = entries.filter((entry) => this.#known.has(identityKey(entry)))
      const parents = new Set(this.#groupOnly ? [] : members.map((entry) => entry.pid))
      // The group id is the root's pid, and as long as a known member is in it the id cannot have been reused.
      const ownsGroup = groupIsOurs || members.some((entry) => entry.groupId === this.#rootPid)
      for (const entry of entries) {
        if (this.#known.has(identityKey(entry))) continue
        if (!parents.has(entry.parentPid) && !(ownsGroup && entry.groupId === this.#rootPid)) continue
        this.#known.add(identityKey(entry))
        grew = true
      }
    }
  }
}
