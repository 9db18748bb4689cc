import { Icon } from '../../../ui/Icon.tsx'
import { useFormScope } from '../fields/form-context.ts'
import { SwitchField } from '../fields/TextField.tsx'
import { asSentence } from '../form/field-problems.ts'
import { StepHeading } from '../StepHeading.tsx'
import { STEPS, stepOfProblem } from './steps.ts'
import type { AddFlow } from './use-add-flow.ts'

/** What will be saved and run, before it is. */
export function CheckStep({ flow }: { readonly flow: AddFlow }) {
  const { form, check, preset, secrets } = useFormScope()
  const { problems, result } = flow.editor
  const { texts } = form
  const address = `${texts['args.host'] === '' ? '127.0.0.1' : texts['args.host']}`
  const port = check?.port?.port ?? null
  const names = result.entry.secrets ?? []
  return (
    <>
      <StepHeading>Check and start</StepHeading>
      <dl className="summary">
        <Fact name="Name">{texts.name === '' ? texts.key : texts.name}</Fact>
        <Fact name="Server">{preset?.title ?? ''}</Fact>
        <Fact name="Program">
          {check?.program === null ? (
            <span className="summary-bad">not found: starting it will fail until it is installed</span>
          ) : (
            <code>{check?.program ?? ''}</code>
          )}
        </Fact>
        <Fact name="Address">
          <code>{port === null ? 'no port' : `${address}:${port}`}</code>
          {check?.port != null && check.port.state !== 'free' && (
            <span className="summary-bad">
              {' '}
              {check.port.state === 'ours' ? 'belongs to' : 'is taken by'} {check.port.by ?? 'another program'}
            </span>
          )}
        </Fact>
        {names.length > 0 && (
          <Fact name="Secrets">
            <code>{names.join(', ')}</code> <span className="faint">in {secrets?.detail ?? 'safe storage'}</span>
          </Fact>
        )}
        <Fact name="Command">
          <code className="summary-command">{check?.commandLine ?? '…'}</code>
        </Fact>
      </dl>
      <div role="status">
        {problems.map((problem) => (
          <p key={`${problem.field} ${problem.row} ${problem.message}`} className="setup-warning setup-bad">
            <Icon name="warning" />
            <span>
              {asSentence(problem.message)}{' '}
              {stepOfProblem(problem) !== 'check' && (
                <button type="button" className="link" onClick={() => flow.goTo(stepOfProblem(problem))}>
                  Go to {STEPS.find(({ id }) => id === stepOfProblem(problem))?.name}
                </button>
              )}
            </span>
          </p>
        ))}
        {check?.warnings.map((warning) => (
          <p key={warning} className="setup-warning">
            <Icon name="warning" />
            {warning}
          </p>
        ))}
      </div>
      <SwitchField id="autoStart" label="Start it when the app starts" />
    </>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <div className="summary-fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
