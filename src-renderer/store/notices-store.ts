import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import type { NoticeView } from '../../src-preload/contract/app-view.ts'

export const noticesStore = createStore<{ readonly notices: readonly NoticeView[] }>(() => ({ notices: [] }))

export function useNotices(): readonly NoticeView[] {
  return useStore(noticesStore, ({ notices }) => notices)
}
