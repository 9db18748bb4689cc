import { useFormScope } from '../fields/form-context.ts'
import { ListField } from '../fields/ListField.tsx'
import { SelectField, TextField } from '../fields/TextField.tsx'
import { type ProbePlace, probeFields } from '../form/health-fields.ts'

const TYPES = [
  { value: '', name: 'from the preset, or as the fields below say' },
  { value: 'http', name: 'HTTP request' },
  { value: 'tcp', name: 'The port accepts connections' },
  { value: 'command', name: 'A command ends with exit code 0' },
  { value: 'log', name: 'A text in its output' },
  { value: 'none', name: 'Not at all: its process lives' },
]

const UNAVAILABLE = [
  { value: '', name: 'from the preset, or: it fails' },
  { value: 'loading', name: 'it is loading again' },
  { value: 'failing', name: 'it fails' },
]

const ON_FAILURE = [
  { value: '', name: 'only show it' },
  { value: 'none', name: 'only show it (written out)' },
  { value: 'restart', name: 'end it and start it again' },
]

/** How it is asked whether it is well. */
export function HealthSection() {
  return (
    <>
      <ProbeFields place="health" />
      <div className="field-grid">
        <TextField
          id="health.intervalSeconds"
          label="Pause between two probes"
          placeholder="preset, or 10"
          unit="seconds"
        />
        <TextField
          id="health.timeoutSeconds"
          label="Longest wait for an answer"
          placeholder="preset, or 3"
          unit="seconds"
        />
        <TextField
          id="health.startGraceSeconds"
          label="May be loading for"
          placeholder="preset, or 600"
          unit="seconds"
        />
        <TextField id="health.failureThreshold" label="Bad answers until it fails" placeholder="preset, or 3" />
        <TextField id="health.successThreshold" label="Good answers until it is ok again" placeholder="preset, or 2" />
      </div>
      <SelectField id="health.unavailable" label="HTTP 503, once it was ok, means" options={UNAVAILABLE} />
      <SelectField
        id="health.onFailure"
        label="When it was ok and fails"
        help="A start again obeys the rules under Restart."
        options={ON_FAILURE}
      />
      <ReadinessFields />
    </>
  )
}

function ProbeFields({ place }: { readonly place: ProbePlace }) {
  const { form } = useFormScope()
  const fields = probeFields(place, form.texts, form.lists)
  return (
    <>
      <SelectField id={`${place}.type`} label="How" options={TYPES} />
      {fields.includes('path') && (
        <TextField id={`${place}.path`} label="Path of the request" placeholder="from the preset, or /" />
      )}
      {fields.includes('expectBody') && (
        <TextField
          id={`${place}.expectBody`}
          label="The answer has to hold"
          placeholder="from the preset, or anything"
        />
      )}
      {fields.includes('command') && (
        <ListField
          id={`${place}.command`}
          label="Command"
          what="Part"
          help="Program and arguments, one a row; {host} and {port} are replaced. It gets the service’s environment and folder."
        />
      )}
      {fields.includes('logText') && (
        <TextField id={`${place}.logText`} label="A line of its output holds" placeholder="none" />
      )}
      {fields.includes('logPattern') && (
        <TextField
          id={`${place}.logPattern`}
          label="A line of its output matches"
          help="A regular expression of JavaScript."
          placeholder="none"
        />
      )}
    </>
  )
}

/** Another probe until it has started; most services need none. */
function ReadinessFields() {
  const { form } = useFormScope()
  const { texts, lists } = form
  const isUsed = Object.entries({ ...texts, ...lists }).some(
    ([id, value]) => id.startsWith('health.readiness.') && value.length > 0,
  )
  return (
    <details className="more" open={isUsed || undefined}>
      <summary>Another probe until it has started</summary>
      <ProbeFields place="health.readiness" />
      <div className="field-grid">
        <TextField
          id="health.readiness.intervalSeconds"
          label="Pause between two probes"
          unit="seconds"
          placeholder="the same"
        />
        <TextField
          id="health.readiness.timeoutSeconds"
          label="Longest wait for an answer"
          unit="seconds"
          placeholder="the same"
        />
        <TextField id="health.readiness.successThreshold" label="Good answers until it has started" placeholder="1" />
      </div>
    </details>
  )
}
