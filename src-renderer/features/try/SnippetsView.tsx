import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { Snippets } from '../../../src-preload/contract/models-view.ts'
import type { Problem } from '../../../src-preload/contract/result.ts'
import { call } from '../../bridge.ts'
import { Tabs } from '../../ui/Tabs.tsx'
import { ProblemNote } from '../services/ProblemNote.tsx'
import { CopyButton } from './CopyButton.tsx'
import { snippetsStore } from './try-store.ts'

const BODY_ID = 'snippets-body'
const PANEL_ID = 'snippet-panel'

const LANGUAGES = [
  { id: 'curl', name: 'curl' },
  { id: 'python', name: 'Python' },
  { id: 'javascript', name: 'JavaScript' },
] as const

interface SnippetsViewProps {
  readonly serviceKey: string
  /** Null leaves it to the server. */
  readonly model: string | null
  /** Of the service: snippets are asked for anew when it changes. */
  readonly address: string | null
}

/** How other programs use the server: its base URL always, code if somebody wants it. */
export function SnippetsView({ serviceKey, model, address }: SnippetsViewProps) {
  const isOpen = useStore(snippetsStore, (state) => state.isOpen)
  const { snippets, problem } = useSnippets(serviceKey, model, address)
  return (
    <section className="snippets" aria-label="Use it from your own code">
      <div className="snippets-head">
        <button
          type="button"
          className="disclosure"
          aria-expanded={isOpen}
          aria-controls={BODY_ID}
          onClick={() => snippetsStore.setState({ isOpen: !isOpen })}
        >
          Use it from your own code
        </button>
        {snippets !== null && (
          <span className="snippets-url">
            <code title={`Base URL: ${snippets.baseUrl}`}>{snippets.baseUrl}</code>
            <CopyButton label="Copy the base URL" text={() => snippets.baseUrl} />
          </span>
        )}
      </div>
      <div id={BODY_ID}>
        {isOpen && problem !== null && <ProblemNote problem={problem} />}
        {isOpen && snippets !== null && <Code snippets={snippets} />}
      </div>
    </section>
  )
}

function Code({ snippets }: { readonly snippets: Snippets }) {
  const language = useStore(snippetsStore, (state) => state.language)
  const code = snippets[language]
  const name = LANGUAGES.find(({ id }) => id === language)?.name
  return (
    <div className="snippets-body">
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

function useSnippets(key: string, model: string | null, address: string | null): SnippetsReply {
  const [result, setResult] = useState<SnippetsReply>({ snippets: null, problem: null })
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address is in what the main process answers.
  useEffect(() => {
    let isWanted = true
    void call('try.snippets', { key, model }).then((reply) => {
      if (!isWanted) return
      setResult(reply.ok ? { snippets: reply.value, problem: null } : { snippets: null, problem: reply.error })
    })
    return () => {
      isWanted = false
    }
  }, [key, model, address])
  return result
}
