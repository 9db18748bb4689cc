import { ConfigBanner } from './features/config/ConfigBanner.tsx'
import { LogWindow } from './features/logs/LogWindow.tsx'
import { Notices } from './features/notices/Notices.tsx'
import { ServiceDetail } from './features/services/ServiceDetail.tsx'
import { ServicesPanel } from './features/services/ServicesPanel.tsx'
import { Toolbar } from './features/services/Toolbar.tsx'
import { SettingsDialog } from './features/settings/SettingsDialog.tsx'
import { SetupHost } from './features/setup/SetupHost.tsx'
import { Toasts } from './features/toasts/Toasts.tsx'
import { useServices } from './store/services-store.ts'
import { useSetup } from './store/setup-store.ts'
import { useUi } from './store/ui-store.ts'

/** The main window or, asked for with `?log=<key>`, a window for the output of one service. */
export function App() {
  const key = new URLSearchParams(window.location.search).get('log')
  return key === null ? <MainWindow /> : <LogWindow serviceKey={key} />
}

function MainWindow() {
  const isReady = useServices(({ phase }) => phase === 'ready')
  const isSettingsOpen = useUi((state) => state.isSettingsOpen)
  const isSetupOpen = useSetup(({ dialog }) => dialog !== null)
  return (
    <div className="app">
      <Toolbar />
      <ConfigBanner />
      <Notices />
      <div className="panes" aria-busy={!isReady}>
        <ServicesPanel />
        <ServiceDetail />
      </div>
      {isSettingsOpen && <SettingsDialog />}
      <SetupHost />
      {/* A dialog has its own: it covers and disables whatever is not in it. */}
      {!isSettingsOpen && !isSetupOpen && <Toasts />}
    </div>
  )
}
