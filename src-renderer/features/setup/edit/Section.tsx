import { HostField, PortField } from '../fields/AddressFields.tsx'
import { EnvField } from '../fields/EnvField.tsx'
import { KeyField } from '../fields/KeyField.tsx'
import { AfterSection } from './AfterSection.tsx'
import { GeneralSection } from './GeneralSection.tsx'
import { HealthSection } from './HealthSection.tsx'
import { LogsSection, RestartSection, StopSection } from './RunSections.tsx'
import type { Edit } from './use-edit.ts'

export function Section({ edit, serviceKey }: { readonly edit: Edit; readonly serviceKey: string }) {
  const keyVariable = edit.preset?.keyVariable ?? null
  switch (edit.section) {
    case 'general':
      return <GeneralSection edit={edit} />
    case 'address':
      return (
        <>
          <PortField />
          <HostField />
        </>
      )
    case 'environment':
      return (
        <>
          {keyVariable !== null && <KeyField variable={keyVariable} />}
          <EnvField without={keyVariable === null ? [] : [keyVariable]} />
        </>
      )
    case 'health':
      return <HealthSection />
    case 'restart':
      return <RestartSection />
    case 'stop':
      return <StopSection />
    case 'after':
      return <AfterSection serviceKey={serviceKey} />
    case 'logs':
      return <LogsSection />
  }
}
