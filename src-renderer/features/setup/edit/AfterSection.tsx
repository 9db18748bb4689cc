import { useId, useMemo } from 'react'
import { useServices } from '../../../store/services-store.ts'
import { Button, IconButton } from '../../../ui/Button.tsx'
import { FieldProblemText } from '../fields/Field.tsx'
import { useFormScope } from '../fields/form-context.ts'
import { replaceAt } from '../form/arguments.ts'
import type { AfterRow } from '../form/entry-form.ts'

/** The services that are started before this one. */
export function AfterSection({ serviceKey }: { readonly serviceKey: string }) {
  const { form, change, problemsOf } = useFormScope()
  const order = useServices((state) => state.order)
  const byKey = useServices((state) => state.byKey)
  const id = useId()
  const others = useMemo(
    () => order.flatMap((key) => (key === serviceKey ? [] : (byKey.get(key) ?? []))),
    [order, byKey, serviceKey],
  )
  const { after } = form
  const set = (next: readonly AfterRow[]) => change((before) => ({ ...before, after: next }))
  const free = others.find(({ key }) => !after.some((row) => row.key === key))
  return (
    <fieldset className="field" aria-describedby={`${id}help`}>
      <legend className="field-label">Started before it</legend>
      <p id={`${id}help`} className="field-help">
        They are started first, and waited for. When all services are stopped, they are stopped after it.
      </p>
      {after.length > 0 && (
        <ul className="env-rows">
          {after.map((row, at) => {
            const problem = problemsOf('after').find((other) => other.row === at)?.message ?? null
            return (
              <li key={row.key}>
                <div className="after-row">
                  <select
                    className="select-input"
                    aria-label="Service"
                    aria-invalid={problem !== null}
                    value={row.key}
                    onChange={(event) => set(replaceAt(after, at, { ...row, key: event.target.value }))}
                  >
                    {others.map(({ key, name }) => (
                      <option key={key} value={key}>
                        {name}
                      </option>
                    ))}
                    {!others.some(({ key }) => key === row.key) && <option value={row.key}>{row.key}</option>}
                  </select>
                  <select
                    className="select-input"
                    aria-label="How far it has to have come"
                    value={row.until}
                    onChange={(event) => set(replaceAt(after, at, { ...row, until: untilOf(event.target.value) }))}
                  >
                    <option value="">until it is ok (default)</option>
                    <option value="healthy">until it is ok</option>
                    <option value="running">until its process runs</option>
                  </select>
                  <IconButton
                    icon="close"
                    label={`Remove ${row.key}`}
                    onClick={() => set(after.filter((_other, index) => index !== at))}
                  />
                </div>
                <FieldProblemText id={`${id}${at}`} problem={problem} />
              </li>
            )
          })}
        </ul>
      )}
      <div>
        <Button
          kind="quiet"
          icon="plus"
          disabled={free === undefined}
          onClick={() => free !== undefined && set([...after, { key: free.key, until: '' }])}
        >
          Wait for another service
        </Button>
      </div>
      {others.length === 0 && <p className="field-help">There is no other service.</p>}
    </fieldset>
  )
}

function untilOf(value: string): AfterRow['until'] {
  return value === 'running' || value === 'healthy' ? value : ''
}
