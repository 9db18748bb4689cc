import type { ServiceView } from '../../../src-preload/contract/service-view.ts'

/** Marks of what is unusual about a service. */
export function Badges({ service }: { readonly service: ServiceView }) {
  return (
    <>
      {service.origin === 'adopted' && (
        <span className="badge" title="It was already running and was taken over when this app started.">
          adopted
        </span>
      )}
      {service.origin === 'followed' && (
        <span className="badge" title="It restarted itself; its new process was recognised.">
          followed
        </span>
      )}
      {service.removed && (
        <span className="badge badge-warn" title="It is gone from services.json, but it still runs.">
          removed
        </span>
      )}
    </>
  )
}
