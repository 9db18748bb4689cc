import { perform } from '../../store/actions.ts'
import { useServices } from '../../store/services-store.ts'
import { Button } from '../../ui/Button.tsx'
import { ProblemNote } from './ProblemNote.tsx'
import { ServiceList } from './ServiceList.tsx'
import { useShownServices } from './shown-services.ts'

/** The list, or why there is none. */
export function ServicesPanel() {
  const shown = useShownServices().length
  return (
    <aside className="services">
      <ServiceList />
      {shown === 0 && <NoServices />}
    </aside>
  )
}

function NoServices() {
  const phase = useServices((state) => state.phase)
  const total = useServices((state) => state.order.length)
  const problem = useServices((state) => state.problem)
  if (problem !== null) return <ProblemNote problem={problem} />
  if (phase === 'loading') return <p className="empty">Loading …</p>
  if (total > 0) return <p className="empty">No service matches the filter.</p>
  return (
    <div className="empty">
      <p>No services yet.</p>
      <p>Describe them in services.json; they show up here as soon as it is saved.</p>
      <Button icon="open" onClick={() => void perform('app.openConfig', {})}>
        Open services.json
      </Button>
    </div>
  )
}
