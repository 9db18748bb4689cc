import { describe, expect, it } from 'vitest'
import {
  type RunOutcome,
  runOutcome,
  type StartAttempt,
  settleMs,
} from '../../../../src-renderer/features/setup/add/run-outcome.ts'
import { foundText, serverChoices, typeAhead } from '../../../../src-renderer/features/setup/add/server-choices.ts'
import {
  missingOptions,
  stepAfterFailure,
  stepIndex,
  stepOfProblem,
} from '../../../../src-renderer/features/setup/add/steps.ts'
import { formOf } from '../../../../src-renderer/features/setup/form/entry-form.ts'
import { makeView } from '../service-view.ts'
import { makeDetection, makeOption, makePreset } from './views.ts'

const running = { preset: 'b', host: '127.0.0.1', port: 11434, version: '1.2', pid: 7, processName: 'b', key: null }

describe('the list of servers', () => {
  const presets = ['demo', 'a', 'b', 'c', 'custom'].map((id) => makePreset({ id, title: id.toUpperCase() }))
  const detection = makeDetection({ installed: [{ preset: 'c', program: '/c', version: '0.7' }], running: [running] })

  it('begins with what is on the machine, and ends with any program', () => {
    const choices = serverChoices(presets, detection)
    expect(choices.map(({ preset, group }) => `${preset.id} ${group}`)).toEqual([
      'demo here',
      'b here',
      'c here',
      'a known',
      'custom own',
    ])
  })

  it('says what was found', () => {
    const found = serverChoices(presets, detection).map(foundText)
    expect(found).toEqual(['built in', 'running on port 11434, version 1.2', 'installed, version 0.7', '', ''])
    const twice = serverChoices(presets, makeDetection({ running: [running, { ...running, port: 1 }] }))
    expect(
      foundText(twice[1] ?? twice[0] ?? { preset: makePreset(), group: 'own', installed: null, running: [] }),
    ).toBe('running on 2 ports, version 1.2')
  })

  it('is there before anything was found', () => {
    expect(serverChoices(presets, null).map(({ preset }) => preset.id)).toEqual(['demo', 'a', 'b', 'c', 'custom'])
  })
})

describe('typing in a list', () => {
  const titles = ['Demo server', 'Ollama', 'llama.cpp server', 'LocalAI', 'whisper.cpp server']

  it.each([
    ['o', 0, 1],
    ['l', 0, 2],
    ['l', 2, 3],
    ['ll', 2, 2],
    ['ll', 3, 2],
    ['llama', 2, 2],
    ['cpp', 0, 2],
    ['cpp', 3, 4],
    ['LOCAL', 0, 3],
    ['dd', 0, 0],
    ['xyz', 0, null],
    ['', 0, null],
  ])('"%s" from %d goes to %s', (typed, at, expected) => {
    expect(typeAhead(titles, typed, at)).toBe(expected)
  })
})

describe('steps', () => {
  it('count the running one as the last', () => {
    expect(['server', 'model', 'address', 'check', 'run'].map((id) => stepIndex(id as 'run'))).toEqual([0, 1, 2, 3, 3])
  })

  it('know which of them can mend a problem', () => {
    const problem = (field: Parameters<typeof stepOfProblem>[0]['field']) =>
      stepOfProblem({ field, row: null, message: '' })
    expect(problem('args.port')).toBe('address')
    expect(problem('env')).toBe('address')
    expect(problem('binName')).toBe('model')
    expect(problem('health.path')).toBe('check')
    expect(problem('')).toBe('check')
  })

  it('ask for what is required and only for that', () => {
    const preset = makePreset({
      options: [
        makeOption({ id: 'model', kind: 'gguf', args: ['-m', '{value}'], isRequired: true }),
        makeOption({ id: 'other', args: ['-o', '{value}'] }),
      ],
    })
    expect(missingOptions(preset, formOf({ key: 'a:b' })).map(({ option }) => option)).toEqual(['model'])
    expect(missingOptions(preset, formOf({ key: 'a:b', args: { extraArgs: ['-m', '/x'] } }))).toEqual([])
  })

  it('lead back to where a failure can be mended', () => {
    expect(stepAfterFailure('port-taken')).toBe('address')
    expect(stepAfterFailure('exited')).toBe('model')
    expect(stepAfterFailure(null)).toBe('model')
  })
})

describe('what became of a start', () => {
  const attempt: StartAttempt = { at: 1000, startedBefore: null, isPending: false, problem: null }
  const kindOf = (service: Parameters<typeof makeView>[0], part: Partial<StartAttempt> = {}) =>
    runOutcome(makeView(service), { ...attempt, ...part }).kind

  it('is nothing yet before there is news', () => {
    expect(runOutcome(null, attempt)).toEqual({ kind: 'starting' })
    expect(kindOf({ status: 'stopped' })).toBe('starting')
    expect(kindOf({ status: 'failed' }, { isPending: true })).toBe('starting')
  })

  it('is the new run and not the one before', () => {
    const service = { status: 'running', health: 'ok', startedAt: 500 } as const
    expect(kindOf(service, { isPending: true, startedBefore: 500 })).toBe('starting')
    expect(kindOf({ ...service, startedAt: 1100 }, { isPending: true, startedBefore: 500 })).toBe('works')
  })

  it('is told apart by what its probe says', () => {
    expect(kindOf({ status: 'running', health: 'loading' })).toBe('loading')
    expect(runOutcome(makeView({ status: 'running', health: 'ok' }), attempt)).toEqual({
      kind: 'works',
      isProven: true,
    })
    expect(runOutcome(makeView({ status: 'running' }), attempt)).toEqual({ kind: 'works', isProven: false })
    expect(kindOf({ status: 'running', health: 'failing' })).toBe('failed')
  })

  it('is a failure with the service’s own reason', () => {
    const problem = { code: 'exited', message: 'It ended.', hint: '', details: ['last words'] }
    const refused = { code: 'port-taken', message: 'Port 1 is taken.', hint: '' }
    for (const status of ['failed', 'backoff'] as const) {
      expect(runOutcome(makeView({ status, problem }), attempt)).toEqual({ kind: 'failed', problem })
    }
    expect(runOutcome(makeView(), { ...attempt, problem: refused })).toEqual({ kind: 'failed', problem: refused })
    const exit = { code: 0, signal: null, words: 'exit code 0' }
    expect(kindOf({ status: 'stopped', lastExit: { ...exit, at: 1001 } })).toBe('failed')
    expect(kindOf({ status: 'stopped', lastExit: { ...exit, at: 999 } })).toBe('starting')
    const external = runOutcome(makeView({ status: 'external', port: 5, holderName: 'nginx' }), attempt)
    expect(external).toMatchObject({ problem: { message: 'Port 5 is held by nginx.' } })
  })
})

describe('when an outcome is shown in the place of another', () => {
  const starting: RunOutcome = { kind: 'starting' }
  const loading: RunOutcome = { kind: 'loading', since: 1 }
  const works: RunOutcome = { kind: 'works', isProven: true }
  const runs: RunOutcome = { kind: 'works', isProven: false }
  const failed: RunOutcome = { kind: 'failed', problem: { code: 'exited', message: 'It ended.', hint: '' } }

  it('is at once, as long as nothing has failed', () => {
    for (const now of [starting, loading, works, runs]) expect(settleMs(starting, now)).toBe(0)
    expect(settleMs(works, loading)).toBe(0)
  })

  it('is after a moment for a failure, which may be the end of the run before', () => {
    for (const shown of [starting, loading, works, runs]) expect(settleMs(shown, failed)).toBeGreaterThan(0)
  })

  it('is never while the restart policy tries again after a failure', () => {
    expect(settleMs(failed, starting)).toBeNull()
    expect(settleMs(failed, loading)).toBeNull()
    expect(settleMs(failed, failed)).toBe(0)
  })

  it('is once it works after all; what cannot be asked has to live for a while', () => {
    expect(settleMs(failed, works)).toBe(0)
    expect(settleMs(failed, runs)).toBeGreaterThan(settleMs(runs, failed) ?? 0)
  })
})
