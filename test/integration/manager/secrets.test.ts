import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { defaultStop } from '../../../src-main/core/service-config.ts'
import { SecretStore, type SecretValues } from '../../../src-main/services/secret-store.ts'
import { createManager } from '../../support/manager.ts'
import { cleanUpProcesses, findByVariable, fixture } from '../../support/processes.ts'
import { makeService, type ServiceOverrides } from '../../support/service-definition.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { TestCipher } from '../../support/test-cipher.ts'
import { waitFor } from '../../support/wait-for.ts'

cleanUpProcesses()

const KEY = 'test:one'
const VALUE = 'hf_very-secret-value'

/** A manager with a service that has a secret, and writes its environment into a file outside of the app's folders. */
async function secretWorld(
  overrides: ServiceOverrides = {},
  stored: Readonly<Record<string, string>> = { TOKEN: VALUE },
) {
  const home = temporaryDirectory()
  const file = join(temporaryDirectory(), 'environment')
  const nameOf = () => 'One'
  const secrets = new SecretStore({ directory: join(home, 'config'), cipher: new TestCipher(), nameOf })
  const sealed = new Map<string, string>()
  for (const [name, value] of Object.entries(stored)) sealed.set(name, (await secrets.seal(value)) ?? '')
  await secrets.put(KEY, sealed)
  const created = createManager(home, { secretsOf: (key, names) => secrets.valuesOf(key, names) })
  const args = [fixture('keep-environment.ts'), file]
  const service = makeService({ args, secrets: ['TOKEN'], env: { OTHER: 'plain' }, graceSeconds: 5, ...overrides })
  created.manager.setServices([service])
  const environments = () =>
    existsSync(file)
      ? readFileSync(file, 'utf8')
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line) as Record<string, string>)
      : []
  return { ...created, secrets, service, file, environments }
}

function allFiles(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? allFiles(path) : [path]
  })
}

describe('a service with a secret', () => {
  it('gets it in its environment, and it is nowhere else', async () => {
    const { manager, home, pid, snapshot, warnings, environments } = await secretWorld()
    expect(await manager.start(KEY)).toMatchObject({ success: true })
    await waitFor(() => environments().length > 0, { what: 'its environment' })
    expect(environments()[0]).toMatchObject({ TOKEN: VALUE, OTHER: 'plain', AGENTOS_SERVICE: KEY })
    const told = [snapshot(KEY), manager.snapshot(), manager.getProcessInfo(KEY), manager.listAllProcesses(), warnings]
    expect(JSON.stringify(told)).not.toContain(VALUE)
    if (process.platform === 'linux') expect(readFileSync(`/proc/${pid(KEY)}/cmdline`, 'utf8')).not.toContain(VALUE)
    const files = allFiles(home)
    for (const name of ['run', 'log', 'config']) {
      expect(
        files.filter((file) => file.startsWith(join(home, name))),
        name,
      ).not.toEqual([])
    }
    for (const file of files) expect(readFileSync(file, 'utf8'), file).not.toContain(VALUE)
    await manager.stopProcess(KEY)
    for (const file of allFiles(home)) expect(readFileSync(file, 'utf8'), file).not.toContain(VALUE)
  })

  it('gets it again when it is restarted after a crash, as it is then', async () => {
    const restart = { policy: 'always', initialDelaySeconds: 0, maxRetries: 2 } as const
    const { manager, secrets, service, file, environments, waitForStatus } = await secretWorld({ restart })
    manager.setServices([{ ...service, args: [fixture('keep-environment.ts'), file, '1'] }])
    let value = VALUE
    const { valuesOf } = secrets
    secrets.valuesOf = async (key, names) => {
      const found = await valuesOf.call(secrets, key, names)
      if (!found.ok) return found
      value = `${value}+`
      return { ok: true, values: { TOKEN: value } }
    }
    await manager.start(KEY)
    await waitForStatus(KEY, 'failed')
    expect(environments().map(({ TOKEN }) => TOKEN)).toEqual([`${VALUE}+`, `${VALUE}++`, `${VALUE}+++`])
  })

  it('wins over what the app itself was started with, and the marks of the run win over it', async () => {
    process.env.TOKEN = 'of the app'
    try {
      const { manager, environments } = await secretWorld(
        { secrets: ['TOKEN', 'AGENTOS_SERVICE'] },
        { TOKEN: VALUE, AGENTOS_SERVICE: 'forged' },
      )
      await manager.start(KEY)
      await waitFor(() => environments().length > 0, { what: 'its environment' })
      expect(environments()[0]).toMatchObject({ TOKEN: VALUE, AGENTOS_SERVICE: KEY })
    } finally {
      delete process.env.TOKEN
    }
  })

  it('is not started without it, and says what to do', async () => {
    const { manager, records, snapshot, environments } = await secretWorld({ secrets: ['TOKEN', 'HF_TOKEN'] })
    expect(await manager.start(KEY)).toEqual({
      success: false,
      message: 'The secret HF_TOKEN of One is not stored on this machine. Open Edit and enter it.',
      failure: {
        code: 'secret-missing',
        message: 'The secret HF_TOKEN of One is not stored on this machine.',
        hint: 'Open Edit and enter it.',
      },
    })
    expect(snapshot(KEY)).toMatchObject({ status: 'failed', problem: { code: 'secret-missing' } })
    expect(records()).toEqual([])
    expect(environments()).toEqual([])
    expect(findByVariable('AGENTOS_SERVICE', KEY)).toEqual([])
  })

  it('is not started by a manager that keeps no secrets', async () => {
    const { manager } = createManager()
    manager.setServices([makeService({ secrets: ['TOKEN'] })])
    expect(await manager.start(KEY)).toMatchObject({ success: false, failure: { code: 'secret-missing' } })
  })

  it('is not started any more if it is stopped while the keyring is asked', async () => {
    let answer = (_values: SecretValues) => undefined as unknown
    let isAsked = false
    const { manager, records } = createManager(temporaryDirectory(), {
      secretsOf: () => {
        isAsked = true
        return new Promise((resolve) => {
          answer = resolve
        })
      },
    })
    manager.setServices([makeService({ args: ['-e', 'setTimeout(() => {}, 60000)'], secrets: ['TOKEN'] })])
    const started = manager.start(KEY)
    await waitFor(() => isAsked, { what: 'the question' })
    const stopped = manager.stopProcess(KEY)
    answer({ ok: true, values: { TOKEN: VALUE } })
    expect(await stopped).toMatchObject({ success: true })
    expect(await started).toMatchObject({ success: false })
    expect(records()).toEqual([])
    expect(findByVariable('AGENTOS_SERVICE', KEY)).toEqual([])
  })
})

describe('a program beside the service', () => {
  const command = (file: string) => [process.execPath, fixture('keep-environment.ts'), file, '0']

  it('that probes it gets the secret, too', async () => {
    const probed = join(temporaryDirectory(), 'probe')
    const health = { type: 'command', command: command(probed), timeoutSeconds: 30 } as const
    const { manager, snapshot } = await secretWorld({ health })
    await manager.start(KEY)
    await waitFor(() => snapshot(KEY).health === 'ok', { what: 'its health' })
    expect(JSON.parse(readFileSync(probed, 'utf8').split('\n')[0] ?? '')).toMatchObject({
      TOKEN: VALUE,
      OTHER: 'plain',
    })
  })

  it.each([
    ['gets the secret', true],
    ['does without the secret if it is gone', false],
  ])('that stops it %s', async (_what, isThere) => {
    const asked = join(temporaryDirectory(), 'stop')
    // For the command to start and write; Node takes longer to start on Windows.
    const graceSeconds = process.platform === 'win32' ? 5 : 0.5
    const stop = { ...defaultStop, command: command(asked) }
    const { manager, secrets, environments } = await secretWorld({ stop, graceSeconds })
    await manager.start(KEY)
    await waitFor(() => environments().length > 0, { what: 'the service' })
    if (!isThere) await secrets.put(KEY, new Map())
    // The command only writes its environment down, so the end comes with the grace period.
    await manager.stopProcess(KEY)
    const environment = JSON.parse(readFileSync(asked, 'utf8'))
    expect(environment).toMatchObject({ OTHER: 'plain' })
    expect(environment.TOKEN).toBe(isThere ? VALUE : undefined)
  })
})
