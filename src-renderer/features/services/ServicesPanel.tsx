import { useEffect, useRef } from 'react'
import { perform } from '../../store/actions.ts'
import { useServices } from '../../store/services-store.ts'
import { openAdd } from '../../store/setup-store.ts'
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
  const isFileBroken = useServices((state) => state.configProblems.length > 0)
  if (problem !== null) return <ProblemNote problem={problem} />
  if (phase === 'loading') return <p className="empty">Loading …</p>
  if (total > 0) return <p className="empty">No service matches the filter.</p>
  // Nothing can be added then; what is wrong stands above.
  if (isFileBroken) return <p className="empty">There are no services until services.json is corrected.</p>
  return <FirstService />
}

/** An empty list is where everybody begins: what to do about it is the first thing the Enter key does. */
function FirstService() {
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (document.activeElement === document.body) button.current?.focus()
  }, [])
  return (
    <div className="empty">
      <p>
        <strong>No services yet.</strong>
      </p>
      <p>Choose one of the model servers on this machine, or any other program. It takes a minute.</p>
      <Button ref={button} kind="primary" icon="plus" onClick={openAdd}>
        Add service
      </Button>
      <Button kind="quiet" icon="open" onClick={() => void perform('app.openConfig', {})}>
        Open services.json
      </Button>
    </div>
  )
}
