import { useEffect } from 'react'
import { ConfigBanner } from './features/config/ConfigBanner.tsx'
import { Notices } from './features/notices/Notices.tsx'
import { prefetchTabs } from './features/services/DetailTabs.tsx'
import { ServiceDetail } from './features/services/ServiceDetail.tsx'
import { ServicesPanel } from './features/services/ServicesPanel.tsx'
import { Toolbar } from './features/services/Toolbar.tsx'
import { SetupHost } from './features/setup/SetupHost.tsx'
import { Toasts } from './features/toasts/Toasts.tsx'
import { useServices } from './store/services-store.ts'
import { useSetup } from './store/setup-store.ts'
import { useUi } from './store/ui-store.ts'
import { Later, LaterCode } from './ui/Later.tsx'

// Not part of what the window starts with.
const logWindow = new LaterCode(async () => (await import('./features/logs/LogWindow.tsx')).LogWindow)
const settings = new LaterCode(async () => (await import('./features/settings/SettingsDialog.tsx')).SettingsDialog)

/** The main window or, asked for with `?log=<key>`, a window for the output of one service. */
export function App() {
  const key = new URLSearchParams(window.location.search).get('log')
  if (key === null) return <MainWindow />
  return <Later code={logWindow} props={{ serviceKey: key }} fallback={<p className="empty">Loading …</p>} />
}

function MainWindow() {
  const isReady = useServices(({ phase }) => phase === 'ready')
  const isSettingsOpen = useUi((state) => state.isSettingsOpen)
  const isSetupOpen = useSetup(({ dialog }) => dialog !== null)
  useEffect(() => {
    if (isReady) void prefetchTabs().then(settings.fetch)
  }, [isReady])
  return (
    <div className="app">
      <Toolbar />
      <ConfigBanner />
      <Notices />
      <div className="panes" aria-busy={!isReady}>
        <ServicesPanel />
        <ServiceDetail />
      </div>
      {isSettingsOpen && <Later code={settings} props={{}} fallback={<Toasts />} />}
      <SetupHost />
      {/* A dialog has its own: it covers and disables whatever is not in it. */}
      {!isSettingsOpen && !isSetupOpen && <Toasts />}
    </div>
  )
}
