import type { AppInfo } from '../../../src-preload/contract/app-view.ts'

export function About({ info }: { readonly info: AppInfo }) {
  return (
    <section className="about">
      {!info.trayAvailable && (
        <p className="note">This desktop shows no tray icons, so closing the window minimises it. Quit from here.</p>
      )}
      <p>
        {info.name} {info.version} <span className="faint">Electron {info.electronVersion}</span>
      </p>
      <dl>
        <dt>Services</dt>
        <dd className="mono">{info.configFile}</dd>
        <dt>Logs</dt>
        <dd className="mono">{info.logDir}</dd>
      </dl>
    </section>
  )
}
