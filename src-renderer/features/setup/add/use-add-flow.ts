import { useRef, useState } from 'react'
import type { Problem } from '../../../../src-preload/contract/result.ts'
import type { PresetView, RunningServerView, StoredEntry } from '../../../../src-preload/contract/setup-view.ts'
import { call } from '../../../bridge.ts'
import { deleteService } from '../../../store/config-actions.ts'
import { servicesStore } from '../../../store/services-store.ts'
import { selectService } from '../../../store/ui-store.ts'
import { canStop } from '../../services/service-text.ts'
import { entryInput } from '../entry-input.ts'
import { withoutSafe } from '../form/env-rows.ts'
import { hostKindOf } from '../form/host.ts'
import { useEntryEditor } from '../use-entry-editor.ts'
import { useFormScopeOf } from '../use-form-scope.ts'
import { useSecretsInfo } from '../use-setup-data.ts'
import type { StartAttempt } from './run-outcome.ts'
import { missingOptions, type StepId, stepAfterFailure, stepIndex, stepOfProblem } from './steps.ts'

/** Everything the guided flow knows and does. */
export function useAddFlow() {
  const editor = useEntryEditorOfFlow()
  const secrets = useSecretsInfo()
  const [step, setStep] = useState<StepId>('server')
  const [reached, setReached] = useState(0)
  const [preset, setPreset] = useState<PresetView | null>(null)
  const [attempt, setAttempt] = useState<StartAttempt | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [isBusy, setBusy] = useState(false)
  /** Grows whenever somebody wanted to go on and could not. */
  const [refusals, setRefusals] = useState(0)
  const [scope, shown] = useFormScopeOf(editor, preset, secrets)
  const { saved } = editor
  const isWorking = useRef(false)

  const goTo = (next: StepId) => {
    setProblem(null)
    shown.showNone()
    setStep(next)
    setReached((before) => Math.max(before, stepIndex(next)))
  }
  /** A second press of the same key while the first is carried out is none. */
  const exclusively = async (work: () => Promise<void>) => {
    if (isWorking.current) return
    isWorking.current = true
    setBusy(true)
    setProblem(null)
    await work()
    isWorking.current = false
    setBusy(false)
  }
  const refuse = (at: StepId) => {
    if (at !== step) setStep(at)
    shown.showAll()
    setRefusals((before) => before + 1)
  }

  const suggest = async (chosen: PresetView) => {
    const reply = await call('setup.suggest', { preset: chosen.id })
    if (!reply.ok) {
      setProblem(reply.error)
      return null
    }
    setPreset(chosen)
    return reply.value.entry
  }

  const choose = (chosen: PresetView) =>
    exclusively(async () => {
      if (chosen.id !== preset?.id) {
        const entry = await suggest(chosen)
        if (entry === null) return
        editor.begin(entry)
        setReached(0)
      }
      goTo('model')
    })

  /** Adds a server that runs already, as it is; what cannot be told from outside is asked for. */
  const watch = (chosen: PresetView, { host, port }: RunningServerView, close: () => void) =>
    exclusively(async () => {
      const suggested = await suggest(chosen)
      if (suggested === null) return
      const address = hostKindOf(host) === 'machine' ? { port } : { host, port }
      const entry = { ...suggested, args: { ...suggested.args, ...address } }
      editor.begin(entry)
      const check = await call('setup.check', { entry: entryInput(entry), replaces: null })
      if (check.ok && check.value.problems.length === 0) {
        const reply = await call('config.add', { entry: entryInput(entry), secrets: {} })
        if (reply.ok) {
          selectService(reply.value.entry.key)
          close()
        } else setProblem(reply.error)
      } else goTo('model')
    })

  const next = async () => {
    // Said at once, so that whoever types on already types into the field that is missing.
    if (step === 'model' && preset !== null && missingOptions(preset, editor.form).length > 0) {
      refuse(step)
      return
    }
    await exclusively(async () => {
      const { problems, problem: unchecked } = await editor.checkNow()
      if (unchecked !== null) setProblem(unchecked)
      else if (problems.some((other) => stepOfProblem(other) === step)) refuse(step)
      else goTo(step === 'model' ? 'address' : 'check')
    })
  }

  const start = async (key: string) => {
    const service = servicesStore.getState().byKey.get(key)
    const isRestart = service !== undefined && canStop(service)
    const asked = { at: Date.now(), startedBefore: service?.startedAt ?? null }
    setAttempt({ ...asked, isPending: true, problem: null })
    setStep('run')
    const reply = await call(isRestart ? 'services.restart' : 'services.start', { key })
    setAttempt({ ...asked, isPending: false, problem: reply.ok ? null : reply.error })
  }

  /** @param then what to do once it is saved, instead of starting it */
  const save = (then: (() => void) | null) =>
    exclusively(async () => {
      const { problems, problem: unchecked } = await editor.checkNow()
      const isIncomplete = preset !== null && missingOptions(preset, editor.form).length > 0
      const first = problems[0]
      if (unchecked !== null) setProblem(unchecked)
      else if (isIncomplete) refuse('model')
      else if (first !== undefined) refuse(stepOfProblem(first))
      else {
        const reply = await editor.save()
        if (!reply.ok) setProblem(reply.error)
        else {
          const { key } = reply.value.entry
          if (then === null) void start(key)
          else {
            selectService(key)
            then()
          }
        }
      }
    })

  return {
    step,
    reached,
    preset,
    editor,
    scope,
    secrets,
    saved,
    attempt,
    problem,
    isBusy,
    refusals,
    goTo,
    choose,
    watch,
    next,
    save,
    back: () => goTo(step === 'check' ? 'address' : step === 'address' ? 'model' : 'server'),
    /** From a start that failed to where it can be mended. */
    backToForm: (code: string | null) => goTo(stepAfterFailure(code)),
    /** Where nothing can be kept safely, secrets become plain variables. */
    keepPlainly: () => {
      setProblem(null)
      editor.change((form) => ({ ...form, env: withoutSafe(form.env) }))
    },
    takeOver: async () => {
      setProblem(null)
      await editor.takeOver()
    },
    startAgain: () => {
      if (saved !== null) void start(saved.entry.key)
    },
    discard: () => {
      if (saved !== null) void deleteService(saved.entry.key)
    },
  }
}

export type AddFlow = ReturnType<typeof useAddFlow>

/** The form, and where it is saved: added once, and changed when somebody goes back after that. */
function useEntryEditorOfFlow() {
  const [saved, setSaved] = useState<StoredEntry | null>(null)
  const editor = useEntryEditor(saved?.entry.key ?? null)
  const save = async () => {
    const { entry, secrets } = editor.result
    const input = { entry: entryInput(entry), secrets }
    const reply =
      saved === null
        ? await call('config.add', input)
        : await call('config.change', { key: saved.entry.key, revision: saved.revision, ...input })
    if (reply.ok) {
      setSaved(reply.value)
      editor.reset(reply.value.entry, reply.value.storedSecrets)
    }
    return reply
  }
  /** What is in the file now is what is saved over next; what was typed stays. */
  const takeOver = async () => {
    if (saved === null) return
    const reply = await call('config.entry', { key: saved.entry.key })
    if (!reply.ok) return
    setSaved(reply.value)
    editor.rebase(reply.value.entry, reply.value.storedSecrets)
  }
  return { ...editor, saved, save, takeOver, begin: (entry: StoredEntry['entry']) => editor.reset(entry, []) }
}
