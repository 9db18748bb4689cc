import { useId, useState } from 'react'
import type { PortCheckView } from '../../../../src-preload/contract/setup-view.ts'
import { Button } from '../../../ui/Button.tsx'
import { Icon } from '../../../ui/Icon.tsx'
import { findEnvRow } from '../form/env-rows.ts'
import { type HostKind, hostKindOf, isOpenToNetwork } from '../form/host.ts'
import { Field, FieldProblemText } from './Field.tsx'
import { useFormScope } from './form-context.ts'
import { useTextField } from './use-text-field.ts'

/** The port, and who has it. */
export function PortField() {
  const { check, preset } = useFormScope()
  const { value, set, touch, problem } = useTextField('args.port')
  const defaultPort = preset?.defaultPort ?? null
  const asked = value.trim() === '' ? defaultPort : Number(value)
  const port = check?.port?.port === asked ? (check?.port ?? null) : null
  return (
    <Field
      label="Port"
      problem={problem}
      help={defaultPort === null ? 'Without a port it is watched by its process alone.' : ''}
    >
      {(ids) => (
        <div className="field-row field-port">
          <input
            {...ids}
            className="text-input"
            type="text"
            inputMode="numeric"
            autoComplete="off"
            placeholder={defaultPort === null ? 'none' : `from the preset: ${defaultPort}`}
            value={value}
            onChange={(event) => set(event.target.value)}
            onBlur={touch}
          />
          <PortState port={port} onUse={(next) => set(String(next))} />
        </div>
      )}
    </Field>
  )
}

function PortState({ port, onUse }: { readonly port: PortCheckView | null; readonly onUse: (port: number) => void }) {
  return (
    <span className="port-state" role="status" data-state={port?.state}>
      {port !== null && (
        <>
          <span className="port-words">
            <Icon name={port.state === 'free' ? 'check' : 'warning'} />
            <span>{portText(port)}</span>
          </span>
          {port.state !== 'free' && port.nextFree !== null && (
            <Button onClick={() => onUse(port.nextFree ?? port.port)}>{`Use ${port.nextFree}`}</Button>
          )}
        </>
      )}
    </span>
  )
}

function portText({ state, by }: PortCheckView): string {
  switch (state) {
    case 'free':
      return 'free'
    case 'ours':
      return `belongs to ${by ?? 'another service'}`
    case 'taken':
      return `taken by ${by ?? 'another program'}`
    case 'forbidden':
      return by ?? 'needs rights that this app does not have'
  }
}

const HOSTS: readonly { readonly kind: HostKind; readonly name: string; readonly about: string }[] = [
  { kind: 'machine', name: 'This machine only', about: 'Other computers cannot reach it.' },
  { kind: 'network', name: 'Local network', about: 'Every device on your network can reach it.' },
  { kind: 'other', name: 'A certain address', about: 'E.g. the address of a VPN.' },
]

const ADDRESSES: Readonly<Record<HostKind, string>> = { machine: '', network: '0.0.0.0', other: '' }

/** Where it listens: radio buttons for what people mean, and a field for whoever means something else. */
export function HostField() {
  const { preset, form } = useFormScope()
  const { value, set, touch, problem } = useTextField('args.host')
  const [wantsOther, setWantsOther] = useState(false)
  const id = useId()
  const onlyHost = preset?.onlyHost ?? null
  const kind = wantsOther ? 'other' : hostKindOf(value)
  const keyVariable = preset?.keyVariable ?? null
  const hasKey = keyVariable !== null && findEnvRow(form.env, keyVariable) !== undefined
  if (onlyHost !== null && (value === '' || value === onlyHost)) {
    return (
      <div className="field">
        <span className="field-label">Who can reach it</span>
        <p className="field-help">This machine only: {preset?.title} cannot be told another address reliably.</p>
      </div>
    )
  }
  return (
    <fieldset className="field radio-field" aria-describedby={`${id}problem`}>
      <legend className="field-label">Who can reach it</legend>
      <div className="radio-cards">
        {HOSTS.map((host) => (
          <label key={host.kind} className="radio-card">
            <input
              type="radio"
              name={id}
              checked={kind === host.kind}
              onChange={() => {
                setWantsOther(host.kind === 'other')
                if (host.kind !== 'other') set(ADDRESSES[host.kind])
              }}
            />
            <span>
              <strong>{host.name}</strong>
              <small>{host.about}</small>
            </span>
          </label>
        ))}
      </div>
      {kind === 'other' && (
        <input
          className="text-input mono"
          type="text"
          aria-label="Address"
          placeholder="an IP address or a host name of this machine"
          spellCheck={false}
          autoComplete="off"
          value={value}
          onChange={(event) => set(event.target.value)}
          onBlur={touch}
        />
      )}
      {isOpenToNetwork(value) && !hasKey && (
        <p className="setup-warning" role="status">
          <Icon name="warning" />
          {keyVariable === null
            ? 'This server asks nobody for a key: whoever reaches the port can use it, and everything it can do.'
            : 'Without an API key, whoever reaches the port can use it. Set one below.'}
        </p>
      )}
      <FieldProblemText id={`${id}problem`} problem={problem} />
    </fieldset>
  )
}
