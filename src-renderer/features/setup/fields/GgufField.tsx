import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import type { GgufView, OptionView } from '../../../../src-preload/contract/setup-view.ts'
import { Button } from '../../../ui/Button.tsx'
import { formatCount } from '../../../ui/format.ts'
import { Icon } from '../../../ui/Icon.tsx'
import { Field } from './Field.tsx'
import { fileFacts, folderOf, matchingFiles, typedPath } from './gguf-search.ts'
import { choosePath } from './PathField.tsx'
import { useGgufFiles } from './use-gguf-files.ts'

/** More are found by typing; they would only be scrolled past. */
const MAX_SHOWN = 100
/** Room between the list's edge and a row that was scrolled to, in pixels. */
const EDGE = 5

interface GgufFieldProps {
  readonly option: OptionView
  /** Path of the chosen file; empty if none is. */
  readonly value: string
  readonly problem: string | null
  readonly onChange: (file: string) => void
}

/** A model file out of those on this machine: a search field that leads a list, as the ARIA practices describe it. */
export function GgufField({ option, value, problem, onChange }: GgufFieldProps) {
  const gguf = useGgufFiles()
  const [typed, setTyped] = useState('')
  const [active, setActive] = useState<string | null>(null)
  const path = typedPath(typed)
  const matches = path === null ? matchingFiles(gguf.files, typed) : gguf.files.filter(({ file }) => file === path)
  const shown = matches.slice(0, MAX_SHOWN)
  const at = shown.findIndex(({ file }) => file === (active ?? value))
  const list = useRef<HTMLDivElement>(null)
  const listId = useId()
  const chosen = gguf.files.find(({ file }) => file === value)

  useNamedFile(value, chosen !== undefined || gguf.isScanning, gguf.name)
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever another one is the active one, or it stands elsewhere.
  useEffect(() => showIn(list.current, list.current?.querySelector<HTMLElement>('[data-active="true"]')), [active, at])

  const choose = (file: string) => {
    setActive(file)
    setTyped('')
    onChange(file)
  }
  const take = (file: string) => {
    choose(file)
    void gguf.name(file)
  }

  const onKeyDown = (event: KeyboardEvent) => {
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 6, PageUp: at - 6 }[event.key]
    if (next !== undefined) {
      event.preventDefault()
      setActive(shown[Math.max(0, Math.min(shown.length - 1, next))]?.file ?? null)
    } else if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
      const wanted = path ?? (typed !== '' && at === -1 ? shown[0]?.file : (shown[at]?.file ?? null))
      // With nothing new to choose, Enter is for the dialog: it goes on.
      if (wanted === null || wanted === undefined || wanted === value) return
      event.preventDefault()
      event.stopPropagation()
      if (path === null) choose(wanted)
      else take(wanted)
    } else if (event.key === 'Escape' && typed !== '') {
      event.preventDefault()
      event.stopPropagation()
      setTyped('')
    }
  }

  return (
    <div className="gguf">
      <Field label={option.label} help={option.help} problem={problem} isRequired={option.isRequired}>
        {(ids) => (
          <div className="field-row">
            <span className="search-input">
              <Icon name="search" />
              <input
                {...ids}
                className="text-input"
                type="text"
                role="combobox"
                aria-expanded="true"
                aria-controls={listId}
                aria-autocomplete="list"
                aria-activedescendant={path !== null && shown.length === 0 ? `${listId}-path` : rowId(listId, at)}
                spellCheck={false}
                autoComplete="off"
                placeholder={value === '' ? 'Search, or paste the path of a file' : value}
                data-chosen={value !== ''}
                value={typed}
                onChange={(event) => {
                  setTyped(event.target.value)
                  setActive(null)
                }}
                onKeyDown={onKeyDown}
              />
            </span>
            <Button icon="folder" onClick={() => void choosePath('model', take)}>
              Choose file …
            </Button>
          </div>
        )}
      </Field>
      <div
        className={gguf.files.length > 0 || gguf.isScanning ? 'gguf-list' : 'gguf-list gguf-none'}
        id={listId}
        role="listbox"
        aria-label={`${option.label}: files`}
        ref={list}
        tabIndex={-1}
      >
        {!option.isRequired && value !== '' && (
          <GgufRow id={`${listId}-none`} isActive={false} isChosen={false} onChoose={() => choose('')}>
            <span className="gguf-name">None</span>
            <span className="gguf-facts">take the choice back</span>
          </GgufRow>
        )}
        {path !== null && shown.length === 0 && (
          <GgufRow id={`${listId}-path`} isActive isChosen={path === value} onChoose={() => take(path)}>
            <span className="gguf-name">Use this file</span>
            <span className="gguf-folder mono">{path}</span>
          </GgufRow>
        )}
        {shown.map((file, index) => (
          <GgufRow
            key={file.file}
            id={`${listId}-${index}`}
            isActive={index === at}
            isChosen={file.file === value}
            onChoose={() => choose(file.file)}
          >
            <FileText file={file} />
          </GgufRow>
        ))}
        {shown.length === 0 && path === null && <p className="gguf-empty">{emptyText(gguf, typed)}</p>}
        {matches.length > MAX_SHOWN && (
          <p className="gguf-empty">{formatCount(matches.length - MAX_SHOWN)} more: type to find them.</p>
        )}
      </div>
      {/* Below the list, which must not move under the hand. */}
      {chosen?.problem != null && (
        <p className="setup-warning" role="status">
          <Icon name="warning" />
          {chosen.problem}
        </p>
      )}
      <p className="gguf-foot" role="status">
        <span>{footText(gguf)}</span>
        <Button kind="quiet" icon="restart" disabled={gguf.isScanning} onClick={() => void gguf.rescan()}>
          Look again
        </Button>
      </p>
    </div>
  )
}

function rowId(listId: string, at: number): string | undefined {
  return at === -1 ? undefined : `${listId}-${at}`
}

/** Scrolls the list alone, not the form around it. */
function showIn(list: HTMLElement | null, row: HTMLElement | null | undefined): void {
  if (list === null || row == null) return
  const { top, bottom } = row.getBoundingClientRect()
  const frame = list.getBoundingClientRect()
  if (top < frame.top) list.scrollTop -= frame.top - top + EDGE
  else if (bottom > frame.bottom) list.scrollTop += bottom - frame.bottom + EDGE
}

type GgufFiles = ReturnType<typeof useGgufFiles>

/** A file that the entry names already, from anywhere, is one of the list. */
function useNamedFile(value: string, isKnown: boolean, name: (file: string) => Promise<void>): void {
  const asked = useRef('')
  useEffect(() => {
    if (value === '' || isKnown || asked.current === value) return
    asked.current = value
    void name(value)
  }, [value, isKnown, name])
}

interface GgufRowProps {
  readonly id: string
  readonly isActive: boolean
  readonly isChosen: boolean
  readonly onChoose: () => void
  readonly children: React.ReactNode
}

function GgufRow({ id, isActive, isChosen, onChoose, children }: GgufRowProps) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the search field above.
    // biome-ignore lint/a11y/useFocusableInteractive: the search field has the focus, and names this one as active.
    <div id={id} className="gguf-row" role="option" aria-selected={isChosen} data-active={isActive} onClick={onChoose}>
      {isChosen ? <Icon name="check" /> : <span />}
      {children}
    </div>
  )
}

function FileText({ file }: { readonly file: GgufView }) {
  return (
    <>
      <span className="gguf-name">{file.name}</span>
      <span className="gguf-facts">{fileFacts(file)}</span>
      <span className="gguf-folder mono" title={file.file}>
        {folderOf(file.file)}
      </span>
      {file.problem !== null && (
        <span className="gguf-problem">
          <Icon name="warning" />
          {file.problem}
        </span>
      )}
    </>
  )
}

function emptyText({ isScanning, files, folders, problem }: GgufFiles, typed: string): string {
  if (problem !== null) return problem.message
  if (isScanning) return 'Looking for model files …'
  if (files.length > 0) return `No file matches “${typed}”.`
  return folders.length === 0
    ? 'No model files were found. Choose one with the button above.'
    : 'No model files were found in the usual folders. Choose one with the button above, or download one into one of them.'
}

function footText({ isScanning, files, folders, isComplete }: GgufFiles): string {
  if (isScanning) return 'Looking for model files …'
  const found = `${formatCount(files.length)} ${files.length === 1 ? 'file' : 'files'} found`
  const places =
    folders.length === 0 ? '' : ` in ${formatCount(folders.length)} ${folders.length === 1 ? 'folder' : 'folders'}`
  return `${found}${places}${isComplete ? '' : '; there is more than was looked at'}`
}
