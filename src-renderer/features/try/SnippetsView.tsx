import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { Snippets } from '../../../src-preload/contract/models-view.ts'
import type { Problem } from '../../../src-preload/contract/result.ts'
import { call } from '../../bridge.ts'
import { Tabs } from '../../ui/Tabs.tsx'
import { ProblemNote } from '../services/ProblemNote.tsx'
import { CopyButton } from './CopyButton.tsx'
import { snippetsStore } from './try-store.ts'

const PANEL_ID = 'snippet-panel'

const LANGUAGES = [
  { id: 'curl', name: 'curl' },
  { id: 'python', name: 'Python' },
  { id: 'javascript', name: 'JavaScript' },
] as const

interface SnippetsViewProps {
  readonly serviceKey: string
  readonly model: string | null
  /** Changes with whatever the snippets are made of besides the model. */
  readonly address: string | null
}

/** How other programs use the server. */
export function SnippetsView({ serviceKey, model, address }: SnippetsViewProps) {
  const isOpen = useStore(snippetsStore, (state) => state.isOpen)
  return (
    <details
      className="snippets"
      open={isOpen}
      onToggle={(event) => snippetsStore.setState({ isOpen: event.currentTarget.open })}
    >
      <summary>Use it from your own code</summary>
      {isOpen && <OpenSnippets key={address} serviceKey={serviceKey} model={model} address={address} />}
    </details>
  )
}

function OpenSnippets({ serviceKey: key, model }: SnippetsViewProps) {
  const language = useStore(snippetsStore, (state) => state.language)
  const { snippets, problem } = useSnippets(key, model)
  if (problem !== null) return <ProblemNote problem={problem} />
  if (snippets === null) return null
  const code = snippets[language]
  const name = LANGUAGES.find(({ id }) => id === language)?.name
  return (
    <div className="snippets-body">
      <p className="snippets-url">
        <span className="faint">Base URL</span>
        <code>{snippets.baseUrl}</code>
        <CopyButton label="Copy the base URL" text={() => snippets.baseUrl} />
      </p>
      <div className="snippets-bar">
        <Tabs
          label="Language"
          panelId={PANEL_ID}
          tabs={LANGUAGES}
          selected={language}
          onSelect={(selected) => snippetsStore.setState({ language: selected })}
        />
        <CopyButton key={language} label={`Copy the ${name} code`} text={() => code} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse. */}
      <pre className="snippet" id={PANEL_ID} role="tabpanel" aria-labelledby={`tab-${language}`} tabIndex={0}>
        {code}
      </pre>
    </div>
  )
}

interface SnippetsReply {
  readonly snippets: Snippets | null
  readonly problem: Problem | null
}

function useSnippets(key: string, model: string | null): SnippetsReply {
  const [result, setResult] = useState<SnippetsReply>({ snippets: null, problem: null })
  useEffect(() => {
    let isWanted = true
    void call('try.snippets', { key, model }).then((reply) => {
      if (!isWanted) return
      setResult(reply.ok ? { snippets: reply.value, problem: null } : { snippets: null, problem: reply.error })
    })
    return () => {
      isWanted = false
    }
  }, [key, model])
  return result
}
