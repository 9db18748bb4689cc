import { useEffect, useRef } from 'react'
import type { AfterReboot, QuitAction, Theme } from '../../../src-preload/contract/app-view.ts'
import { perform } from '../../store/actions.ts'
import { setSettingsOpen } from '../../store/ui-store.ts'
import { Button, IconButton } from '../../ui/Button.tsx'
import { Toasts } from '../toasts/Toasts.tsx'
import { About } from './About.tsx'
import { Choice } from './Choice.tsx'
import { Shortcuts } from './Shortcuts.tsx'
import { useAppInfo, useSettings } from './use-settings.ts'

const THEMES: readonly { readonly value: Theme; readonly name: string }[] = [
  { value: 'system', name: 'Like the system' },
  { value: 'light', name: 'Light' },
  { value: 'dark', name: 'Dark' },
]

const QUIT_ACTIONS: readonly { readonly value: QuitAction; readonly name: string }[] = [
  { value: 'ask', name: 'Ask' },
  { value: 'stop', name: 'Stop them' },
  { value: 'leave', name: 'Leave them' },
]

const AFTER_REBOOT: readonly { readonly value: AfterReboot; readonly name: string }[] = [
  { value: 'stay-stopped', name: 'Stay stopped' },
  { value: 'start-again', name: 'Start again' },
]

/** A native modal dialog: Escape, focus and the inert page behind it come from the browser. */
export function SettingsDialog() {
  const dialog = useRef<HTMLDialogElement>(null)
  const [settings, change] = useSettings()
  const info = useAppInfo()

  useEffect(() => dialog.current?.showModal(), [])

  return (
    <dialog
      ref={dialog}
      className="dialog settings"
      aria-labelledby="settings-title"
      onClose={() => setSettingsOpen(false)}
    >
      <header>
        <h2 id="settings-title">Settings</h2>
        <IconButton icon="close" label="Close" onClick={() => dialog.current?.close()} />
      </header>
      <div className="settings-body">
        {settings !== null && (
          <>
            <Choice
              legend="Appearance"
              options={THEMES}
              value={settings.theme}
              onChange={(theme) => change({ theme })}
            />
            <Choice
              legend="Running services when quitting"
              options={QUIT_ACTIONS}
              value={settings.quitAction}
              onChange={(quitAction) => change({ quitAction })}
            />
            <Choice
              legend="Services that ran before a reboot"
              options={AFTER_REBOOT}
              value={settings.afterReboot}
              onChange={(afterReboot) => change({ afterReboot })}
            />
          </>
        )}
        <Shortcuts />
        {info !== null && <About info={info} />}
      </div>
      <footer>
        <Button icon="open" onClick={() => void perform('app.openConfig', {})}>
          Open services.json
        </Button>
        <Button kind="danger" onClick={() => void perform('app.quit', {})}>
          Quit
        </Button>
      </footer>
      {/* A modal dialog covers and disables whatever is not in it. */}
      <Toasts />
    </dialog>
  )
}
