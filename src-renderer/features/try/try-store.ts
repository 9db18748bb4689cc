import { useSyncExternalStore } from 'react'
import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import { call, listen } from '../../bridge.ts'
import { type Answer, TrySession } from './try-session.ts'
import { DEFAULT_MAX_TOKENS, EXAMPLE_PROMPT } from './try-text.ts'

/** Of this window, for as long as it lives. */
export const trySession = new TrySession({
  start: (question) => call('try.start', { ...question }),
  stop: (tryId) => call('try.stop', { tryId }),
  onProgress: (listener) => listen('try.progress', listener),
  later: (action, ms) => void window.setTimeout(action, ms),
  now: Date.now,
})

export function useAnswer(key: string): Answer | null {
  return useSyncExternalStore(trySession.subscribe, () => trySession.answer(key))
}

/** What is filled in, by service. */
export interface Draft {
  readonly prompt: string
  /** Null until one was chosen. */
  readonly model: string | null
  /** As it was typed. */
  readonly maxTokens: string
}

const NEW_DRAFT: Draft = { prompt: EXAMPLE_PROMPT, model: null, maxTokens: String(DEFAULT_MAX_TOKENS) }

const draftsStore = createStore<{ readonly drafts: ReadonlyMap<string, Draft> }>(() => ({ drafts: new Map() }))

export function useDraft(key: string): Draft {
  return useStore(draftsStore, ({ drafts }) => drafts.get(key) ?? NEW_DRAFT)
}

export function changeDraft(key: string, change: Partial<Draft>): void {
  draftsStore.setState(({ drafts }) => ({
    drafts: new Map(drafts).set(key, { ...(drafts.get(key) ?? NEW_DRAFT), ...change }),
  }))
}

interface SnippetsState {
  readonly isOpen: boolean
  readonly language: 'curl' | 'python' | 'javascript'
}

/** How the snippets are looked at: the same for all services. */
export const snippetsStore = createStore<SnippetsState>(() => ({ isOpen: false, language: 'curl' }))
