import type { ServiceView } from '../../../../src-preload/contract/service-view.ts'
import type { RunningServerView } from '../../../../src-preload/contract/setup-view.ts'
import { perform } from '../../../store/actions.ts'
import { useServices } from '../../../store/services-store.ts'
import { Button } from '../../../ui/Button.tsx'
import { isBuiltIn, type ServerChoice } from './server-choices.ts'

interface ServerDetailProps {
  readonly choice: ServerChoice
  readonly onWatch: (server: RunningServerView) => void
}

/** What the selected server is, and what was found of it. */
export function ServerDetail({ choice: { preset, installed, running }, onWatch }: ServerDetailProps) {
  const { title, about, docsUrl, needs, hasProgram, logNote, control } = preset
  const wanted = [needs.binName, needs.cwd].filter((need) => need !== null)
  return (
    <section className="server-detail" aria-label={title}>
      <h4>{title}</h4>
      <p>{about}</p>
      {running.map((server) => (
        <RunningServer key={`${server.host} ${server.port}`} server={server} onWatch={() => onWatch(server)} />
      ))}
      {installed !== null && !isBuiltIn(preset) && (
        <p className="server-fact">
          <span className="faint">Installed{installed.version !== null && `, version ${installed.version}`}:</span>{' '}
          <code>{installed.program}</code>
        </p>
      )}
      {installed === null && running.length === 0 && hasProgram && !isBuiltIn(preset) && (
        <p className="server-fact faint">
          Its program was not found. You can name it in the next step, or install it first and look again.
        </p>
      )}
      {wanted.length > 0 && <p className="server-fact">Needs {wanted.join(', and ')}.</p>}
      {control === 'commands' && (
        <p className="server-fact faint">It runs on its own: this app starts, watches and stops it by commands.</p>
      )}
      {logNote !== null && <p className="server-fact faint">{logNote}</p>}
      {docsUrl !== null && (
        <p>
          <button type="button" className="link" onClick={() => void perform('app.openLink', { url: docsUrl })}>
            Documentation of {title}
          </button>
        </p>
      )}
    </section>
  )
}

function RunningServer({ server, onWatch }: { readonly server: RunningServerView; readonly onWatch: () => void }) {
  const { port, processName, pid, version, key } = server
  const own = useServices(({ byKey }) => (key === null ? null : (byKey.get(key)?.name ?? key)))
  const watching = useServices(({ byKey }) => nameOfWatcher(byKey.values(), port))
  const who = [processName, pid === null ? null : `pid ${pid}`].filter((part) => part !== null).join(', ')
  return (
    <div className="running-server">
      <p>
        <strong>Running on port {port}</strong>
        {version !== null && `, version ${version}`}
        {who !== '' && <span className="faint"> ({who})</span>}
      </p>
      {own !== null && <p className="faint">It is your service “{own}”.</p>}
      {own === null && watching !== null && (
        <p className="faint">Somebody else started it; your service “{watching}” watches it.</p>
      )}
      {own === null && watching === null && (
        <>
          <p className="faint">Somebody else started it. It can be watched as it is.</p>
          <Button icon="eye" onClick={onWatch}>
            Watch it
          </Button>
        </>
      )}
    </div>
  )
}

/** Of the service that shows the foreign server on its port already; null if none does. */
function nameOfWatcher(services: Iterable<ServiceView>, port: number): string | null {
  return [...services].find((service) => service.status === 'external' && service.port === port)?.name ?? null
}
