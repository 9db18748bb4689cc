import { HostField, PortField } from '../fields/AddressFields.tsx'
import { EnvField } from '../fields/EnvField.tsx'
import { useFormScope } from '../fields/form-context.ts'
import { KeyField } from '../fields/KeyField.tsx'
import { StepHeading } from '../StepHeading.tsx'

/** Where it can be reached, by whom, and what else it is told. */
export function AddressStep() {
  const { preset } = useFormScope()
  const keyVariable = preset?.keyVariable ?? null
  const ownFields = [...(keyVariable === null ? [] : [keyVariable]), ...optionVariables(preset?.options ?? [])]
  return (
    <>
      <StepHeading>Address</StepHeading>
      <PortField />
      <HostField />
      {keyVariable !== null && <KeyField variable={keyVariable} />}
      <EnvField without={ownFields} />
    </>
  )
}

function optionVariables(options: readonly { readonly env: Readonly<Record<string, string>> }[]): readonly string[] {
  return options.flatMap(({ env }) => Object.keys(env))
}
