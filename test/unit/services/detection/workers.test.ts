import { expect, it } from 'vitest'
import type { ProcessTable } from '../../../../src-main/os/processes/process-table.ts'
import { withoutWorkers } from '../../../../src-main/services/detection/workers.ts'
import { presets } from '../../../../src-main/services/presets/presets.ts'

/** A table that only knows who started whom. */
function tableOf(parents: Readonly<Record<number, number>>): ProcessTable {
  const find: ProcessTable['find'] = async (pid) => {
    const parentPid = parents[pid]
    return parentPid === undefined ? null : { pid, parentPid, groupId: pid, createdAt: '1', name: 'x' }
  }
  return {
    find,
    bootId: async () => 'boot',
    list: async () => [],
    withEnvironment: async () => new Set(),
    listeners: async () => [],
  }
}

const server = (preset: string, pid: number | null, processName: string | null) => ({ preset, pid, processName })
const ollama = server('ollama', 10, 'ollama')
const runner = server('llamacpp', 20, 'llama-server')

it('leaves out what a server has started for its models', async () => {
  expect(await withoutWorkers([runner, ollama], presets, tableOf({ 20: 10, 10: 1 }))).toEqual([ollama])
  expect(await withoutWorkers([ollama, runner], presets, tableOf({ 20: 15, 15: 10, 10: 1 }))).toEqual([ollama])
})

it('keeps one that somebody else has started', async () => {
  expect(await withoutWorkers([ollama, runner], presets, tableOf({ 20: 1, 10: 1 }))).toEqual([ollama, runner])
  // The process is gone by now.
  expect(await withoutWorkers([ollama, runner], presets, tableOf({ 10: 1 }))).toEqual([ollama, runner])
})

it('keeps a server that another kind of server has started', async () => {
  const webui = server('open-webui', 5, 'python3')
  expect(await withoutWorkers([webui, ollama], presets, tableOf({ 10: 5, 5: 1 }))).toEqual([webui, ollama])
})

it('keeps one that listens on two ports', async () => {
  expect(await withoutWorkers([runner, runner], presets, tableOf({ 20: 1 }))).toEqual([runner, runner])
})

it('keeps what the system tells nothing about', async () => {
  const unknown = server('llamacpp', null, null)
  expect(await withoutWorkers([ollama, unknown], presets, tableOf({ 10: 1 }))).toEqual([ollama, unknown])
  const foreign = server('ollama', null, null)
  expect(await withoutWorkers([foreign, runner], presets, tableOf({ 20: 10 }))).toEqual([foreign, runner])
})
