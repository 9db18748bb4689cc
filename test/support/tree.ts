import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { identify } from '../../src-main/os/processes/identity.ts'
import type { Identity } from '../../src-main/os/processes/process-table.ts'
import { startProcessCrossPlatform } from '../../src-main/os/spawn.ts'
import type { ProcessHandle } from '../../src-main/os/started-process.ts'
import type { Member } from '../fixtures/tree-member.ts'
import { endLater, fixture } from './processes.ts'
import { temporaryDirectory } from './temporary-directory.ts'
import { waitFor } from './wait-for.ts'
import { politeEvent } from './wine.ts'

export const MARKER = 'TREE_MARKER'

/** The trees of DESIGN.md's budgets. The root comes first, the last is the one that is easily forgotten. */
const stubborn = true
const setsid = true
export const trees: Readonly<Record<string, Member>> = {
  'A (all ignore SIGTERM)': {
    name: 'root',
    stubborn,
    children: [{ name: 'child', stubborn, children: [{ name: 'grandchild', stubborn }] }],
  },
  'B (polite root, stubborn rest)': {
    name: 'root',
    children: [{ name: 'child', stubborn, children: [{ name: 'grandchild', stubborn }] }],
  },
  'C (as A, the grandchild in a session of its own)': {
    name: 'root',
    stubborn,
    children: [{ name: 'child', stubborn, children: [{ name: 'grandchild', stubborn, setsid }] }],
  },
  'D (as B, the grandchild in a session of its own)': {
    name: 'root',
    children: [{ name: 'child', stubborn, children: [{ name: 'grandchild', stubborn, setsid }] }],
  },
  'E (polite root, double-forked grandchild)': {
    name: 'root',
    children: [{ name: 'child', setsid, exitCode: 0, children: [{ name: 'grandchild', stubborn }] }],
  },
  'F (the child has left, the grandchild stays in the group)': {
    name: 'root',
    children: [{ name: 'child', exitCode: 0, children: [{ name: 'grandchild', stubborn }] }],
  },
}

const namesOf = (member: Member): string[] => [member.name, ...(member.children ?? []).flatMap(namesOf)]

export interface StartedTree {
  readonly handle: ProcessHandle
  readonly root: Identity
  /** Pid by name. */
  readonly pids: ReadonlyMap<string, number>
  readonly marker: { readonly name: string; readonly value: string }
}

/** Pids by name, as the members of a tree write them; null until all are there. */
export function readPids(pidFile: string, tree: Member): ReadonlyMap<string, number> | null {
  if (!existsSync(pidFile)) return null
  const lines = readFileSync(pidFile, 'utf8').split('\n').slice(0, -1)
  const pids = new Map(lines.map((line) => [line.split(' ')[0] ?? '', Number(line.split(' ')[1])]))
  return namesOf(tree).every((name) => pids.has(name)) ? pids : null
}

export const commandFor = (tree: Member, pidFile: string): [string, ...string[]] => [
  process.execPath,
  fixture('tree-member.ts'),
  JSON.stringify(tree),
  pidFile,
]

/** How a tree is started: with its marker, by which all of it is found. */
export function treeOptions(tree: Member, pidFile: string) {
  const marker = { name: MARKER, value: pidFile }
  const env = { ...process.env, [marker.name]: marker.value }
  return { command: commandFor(tree, pidFile), env, marker, consoleEvent: politeEvent }
}

/** Pids by name, once every member has started and set up its signal handling. All are ended after the test. */
export async function waitForTree(tree: Member, pidFile: string): Promise<ReadonlyMap<string, number>> {
  const pids = await waitFor(() => readPids(pidFile, tree), { what: 'all members of the tree' })
  for (const pid of pids.values()) endLater(pid)
  return pids
}

/** Starts a tree and waits until every member has started and set up its signal handling. */
export async function startTree(tree: Member): Promise<StartedTree> {
  const pidFile = join(temporaryDirectory(), 'pids')
  const options = treeOptions(tree, pidFile)
  const handle = await startProcessCrossPlatform(options)
  const root = await identify(endLater(handle.pid))
  if (root === null) throw new Error('the root ended at once')
  return { handle, root, pids: await waitForTree(tree, pidFile), marker: options.marker }
}
