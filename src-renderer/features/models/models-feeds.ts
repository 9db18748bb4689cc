import { useSyncExternalStore } from 'react'
import { call } from '../../bridge.ts'
import { isPageVisible, onPageVisibility } from '../../store/page-visibility.ts'
import { showProblem } from '../../store/toasts-store.ts'
import { ModelsFeed, type ModelsState } from './models-feed.ts'

/** By service: a list outlives the tab that shows it, and so does a model that is being loaded. */
const feeds = new Map<string, ModelsFeed>()

export function modelsFeed(key: string): ModelsFeed {
  const known = feeds.get(key)
  if (known !== undefined) return known
  const feed = new ModelsFeed({
    list: () => call('models.list', { key }),
    load: (model) => call('models.load', { key, model }),
    unload: (model) => call('models.unload', { key, model }),
    isVisible: isPageVisible,
    onVisibility: onPageVisibility,
    later: (action, ms) => {
      const timer = window.setTimeout(action, ms)
      return () => window.clearTimeout(timer)
    },
    now: Date.now,
    tell: showProblem,
  })
  feeds.set(key, feed)
  return feed
}

export function useModels(feed: ModelsFeed): ModelsState {
  return useSyncExternalStore(feed.subscribe, feed.state)
}
