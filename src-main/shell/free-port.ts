import type { Reply } from '../../src-preload/contract/result.ts'
import type { ServiceDefinition } from '../core/service-config.ts'
import { nextFreePort } from '../os/ports.ts'
import type { Services } from '../services/config-state.ts'
import { toDefinition } from '../services/definition.ts'
import { portsOf } from '../services/edit/entry-ports.ts'
import { presets } from '../services/presets/presets.ts'
import { okReply, problemReply } from './ipc-dispatch.ts'

/**
 * The service as it would be with the next free port after its own that no other service has, in all its arguments and
 * variables.
 */
export async function definitionOnFreePort(
  { entries, definitions }: Services,
  key: string,
): Promise<Reply<ServiceDefinition>> {
  const entry = entries.find((candidate) => candidate.key === key)
  const usual = entry === undefined ? null : toDefinition(entry, presets)
  if (entry === undefined || usual === null || !usual.ok || usual.definition.port === null) {
    const message = 'This service has no port that could be another one.'
    return problemReply({ code: 'no-port', message, hint: 'Give it a port in services.json.' })
  }
  const { host, port } = usual.definition
  const free = await nextFreePort(host, port, new Set(portsOf(definitions).keys()))
  if (free === null) {
    const hint = 'Choose a port in services.json.'
    return problemReply({ code: 'no-free-port', message: `None of the hundred ports after ${port} is free.`, hint })
  }
  const moved = toDefinition({ ...entry, args: { ...entry.args, port: free } }, presets)
  if (moved.ok) return okReply(moved.definition)
  const message = moved.problems.map((problem) => problem.message).join('; ')
  return problemReply({ code: 'no-free-port', message, hint: 'Choose a port in services.json.' })
}
