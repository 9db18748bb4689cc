import { call, listen } from '../bridge.ts'
import { noticesStore } from './notices-store.ts'
import { isPageVisible, onPageVisibility } from './page-visibility.ts'
import { loadPresets } from './presets-store.ts'
import { ServicesFeed } from './services-feed.ts'
import { servicesStore } from './services-store.ts'
import { selectService, selectTab } from './ui-store.ts'
import { usageStore } from './usage-store.ts'

const RETRY_MS = 1000

/** Connects the stores with the main process, for as long as the page lives. */
export function connectStores(): void {
  new ServicesFeed(
    {
      subscribe: () => call('services.subscribe', {}),
      onPatch: (listener) => listen('services.patch', listener),
      later: (action) => {
        const timer = window.setTimeout(action, RETRY_MS)
        return () => window.clearTimeout(timer)
      },
    },
    servicesStore,
  )
  void loadPresets()
  listen('usage.changed', (byKey) => usageStore.setState({ byKey }))
  listen('window.showService', ({ key }) => {
    selectService(key)
    selectTab(key, 'output')
  })
  listen('notices.changed', (notices) => noticesStore.setState({ notices }))
  void call('notices.get', {}).then((reply) => reply.ok && noticesStore.setState({ notices: reply.value }))
  watchUsage(isPageVisible())
  onPageVisibility(watchUsage)
}

/** A sample that could not be asked for is no news for a person: the cells stay empty. */
function watchUsage(active: boolean): void {
  void call('usage.watch', { active })
}
