import { call } from '../../../bridge.ts'
import { Button, IconButton } from '../../../ui/Button.tsx'
import { changeEnvRow, type EnvRow, findEnvRow, setEnvValue } from '../form/env-rows.ts'
import { generateKey } from '../form/secret-text.ts'
import { Field } from './Field.tsx'
import { useFormScope } from './form-context.ts'
import { SecretInput } from './SecretInput.tsx'

/** The key that clients have to send. It is a variable of the environment, in which every server expects its own. */
export function KeyField({ variable }: { readonly variable: string }) {
  const { form, change, touch, secrets, problemsOf } = useFormScope()
  const row = findEnvRow(form.env, variable)
  const isSafe = secrets?.storage === 'system'
  const update = (next: (rows: readonly EnvRow[]) => readonly EnvRow[]) =>
    change((before) => ({ ...before, env: next(before.env) }))
  const set = (value: string) => update((rows) => setEnvValue(rows, variable, value, row?.isSecret ?? isSafe))
  const problem = problemsOf('env').find((other) => other.row !== null && other.row === row?.id)
  return (
    <Field label="API key" help={<KeyHelp variable={variable} />} problem={problem?.message ?? null}>
      {(ids) => (
        <div className="field-row">
          <SecretInput
            ids={ids}
            value={row?.value ?? ''}
            onChange={set}
            onBlur={() => touch('env')}
            placeholder={keyPlaceholder(row)}
          />
          {row !== undefined && row.value !== '' && (
            <IconButton
              icon="copy"
              label="Copy the key"
              onClick={() => void call('app.copyText', { text: row.value })}
            />
          )}
          {row?.isStored === true ? (
            <>
              <Button onClick={() => update((rows) => changeEnvRow(rows, row.id, { isStored: false }))}>Replace</Button>
              <Button onClick={() => update((rows) => rows.filter((other) => other !== row))}>Remove</Button>
            </>
          ) : (
            <Button onClick={() => set(generateKey((bytes) => crypto.getRandomValues(bytes)))}>Generate</Button>
          )}
        </div>
      )}
    </Field>
  )
}

function keyPlaceholder(row: ReturnType<typeof findEnvRow>): string {
  if (row === undefined) return 'none: everybody who reaches the port can use it'
  if (row.isStored) return 'stored'
  return row.isSecret ? 'not on this machine: enter it' : ''
}

/** Says plainly where the key will lie. */
function KeyHelp({ variable }: { readonly variable: string }) {
  const { form, secrets } = useFormScope()
  const row = findEnvRow(form.env, variable)
  const isPlain = row === undefined ? secrets?.storage === 'none' : !row.isSecret
  return (
    <>
      Clients send it with each request; the server gets it as <code>{variable}</code>.{' '}
      {isPlain ? (
        <strong>
          It will stand in services.json, which only you can read
          {secrets?.storage === 'none' ? `, since ${secrets.detail}` : ''}.
        </strong>
      ) : (
        `It is kept in ${secrets?.detail ?? 'the safe storage of the system'}, not in services.json.`
      )}
    </>
  )
}
