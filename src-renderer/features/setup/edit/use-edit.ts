import { useEffect, useState } from 'react'
import type { Problem, Reply } from '../../../../src-preload/contract/result.ts'
import type { StoredEntry } from '../../../../src-preload/contract/setup-view.ts'
import { call } from '../../../bridge.ts'
import { perform } from '../../../store/actions.ts'
import { entryInput } from '../entry-input.ts'
import { withoutSafe } from '../form/env-rows.ts'
import { useEntryEditor } from '../use-entry-editor.ts'
import { useFormScopeOf } from '../use-form-scope.ts'
import { usePresets, useSecretsInfo } from '../use-setup-data.ts'
import { type SectionId, sectionOfProblem } from './sections.ts'

const ANY_PROGRAM = 'custom'

/** Everything the edit dialog knows and does. */
export function useEdit(key: string) {
  const editor = useEntryEditor(key)
  const presets = usePresets()
  const secrets = useSecretsInfo()
  const [stored, setStored] = useState<StoredEntry | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [isBusy, setBusy] = useState(false)
  const [section, setSection] = useState<SectionId>('general')
  const [refusals, setRefusals] = useState(0)
  const wanted = editor.form.texts.preset === '' ? ANY_PROGRAM : editor.form.texts.preset
  const preset = presets.value?.find(({ id }) => id === wanted) ?? null
  const [scope, shown] = useFormScopeOf(editor, preset, secrets)

  /** Takes over what is in the file, and with it everything that was typed away. */
  const reload = async () => {
    setProblem(null)
    const reply = await call('config.entry', { key })
    if (!reply.ok) setProblem(reply.error)
    else {
      setStored(reply.value)
      editor.reset(reply.value.entry, reply.value.storedSecrets)
    }
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it opens.
  useEffect(() => void reload(), [key])

  const checked = async (): Promise<boolean> => {
    const { problems, problem: unchecked } = await editor.checkNow()
    const first = problems[0]
    if (unchecked !== null) setProblem(unchecked)
    if (first === undefined) return unchecked === null
    shown.showAll()
    setSection(sectionOfProblem(first))
    setRefusals((before) => before + 1)
    return false
  }

  const save = async (restart: boolean, close: () => void): Promise<void> => {
    if (stored === null || isBusy) return
    setBusy(true)
    setProblem(null)
    if (await checked()) {
      const { entry, secrets: values } = editor.result
      const input = { key, revision: stored.revision, entry: entryInput(entry), secrets: values }
      await finish(await call('config.change', input), restart, close)
    }
    setBusy(false)
  }

  /** Over whatever is in the file by now: fields that the form does not know stay as they are there. */
  const saveOver = async (close: () => void): Promise<void> => {
    setBusy(true)
    const now = await call('config.entry', { key })
    if (!now.ok) setProblem(now.error)
    else {
      const { entry, secrets: values } = editor.resultOver(now.value.entry, now.value.storedSecrets)
      const input = { key, revision: now.value.revision, entry: entryInput(entry), secrets: values }
      await finish(await call('config.change', input), false, close)
    }
    setBusy(false)
  }

  /** It is gone from the file: it comes back as it is in the form. */
  const addAgain = async (close: () => void): Promise<void> => {
    const { entry, secrets: values } = editor.result
    const added = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null))
    await finish(await call('config.add', { entry: entryInput(entry), secrets: added }), false, close)
  }

  const finish = async (reply: Reply<StoredEntry>, restart: boolean, close: () => void) => {
    if (!reply.ok) {
      setProblem(reply.error)
      return
    }
    if (restart) void perform('services.restart', { key })
    close()
  }

  return {
    editor,
    scope,
    presets: presets.value ?? [],
    preset,
    isLoaded: stored !== null,
    problem,
    isBusy,
    section,
    setSection,
    refusals,
    reload,
    save,
    saveOver,
    addAgain,
    keepPlainly: () => {
      setProblem(null)
      editor.change((form) => ({ ...form, env: withoutSafe(form.env) }))
    },
  }
}

export type Edit = ReturnType<typeof useEdit>
