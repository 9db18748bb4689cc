import { join } from 'node:path'
import { makeService } from '../../support/service-definition.ts'
import { ManagerHost } from '../support/manager-host.ts'
import type { Peer } from './peer.ts'

const keyOf = (name: string) => `bench:${name}`

/** This repository's manager, in a Node process of its own. */
export const agentos: Peer = {
  name: 'AgentOS',
  async start(folder, services) {
    const definitions = services.map(({ name, command: [binName, ...args], autoRestart, graceMs }) =>
      makeService({
        key: keyOf(name),
        name,
        binName,
        args,
        graceSeconds: graceMs / 1000,
        restart: { policy: autoRestart ? 'always' : 'no', initialDelaySeconds: 0, stableAfterSeconds: 0 },
      }),
    )
    const launch = async () => {
      const started = new ManagerHost(folder)
      await started.call('setServices', definitions)
      await started.call('recover')
      await started.call('startAll')
      return started
    }
    let host = await launch()
    return {
      get pid() {
        return host.pid
      },
      async stop(name) {
        await host.call('stopProcess', keyOf(name))
      },
      outputFile: (name) => join(folder, 'log', encodeURIComponent(keyOf(name)), 'stdout.log'),
      async startAgain() {
        host = await launch()
      },
      end: () => host.end(),
    }
  },
}
