import { ListField } from '../fields/ListField.tsx'
import { SelectField, TextField } from '../fields/TextField.tsx'

const POLICIES = [
  { value: '', name: 'after a failure (default)' },
  { value: 'no', name: 'never' },
  { value: 'on-failure', name: 'after a failure' },
  { value: 'always', name: 'always, unless you stop it' },
]

const FOLLOWS = [
  { value: '', name: 'from the preset, or no' },
  { value: 'true', name: 'yes' },
  { value: 'false', name: 'no' },
]

/** What happens when it ends by itself. */
export function RestartSection() {
  return (
    <>
      <SelectField
        id="restart.policy"
        label="Start it again"
        help="When it ended by itself. If you stop it, it stays stopped."
        options={POLICIES}
      />
      <div className="field-grid">
        <TextField id="restart.maxRetries" label="Attempts in a row" placeholder="10" />
        <TextField
          id="restart.initialDelaySeconds"
          label="First delay, doubled each time"
          placeholder="1"
          unit="seconds"
        />
        <TextField id="restart.maxDelaySeconds" label="Longest delay" placeholder="60" unit="seconds" />
        <TextField id="restart.stableAfterSeconds" label="Counts as stable after" placeholder="60" unit="seconds" />
      </div>
      <SelectField
        id="followsRestart"
        label="It may restart itself as another process"
        help="The process that then listens on its port takes its place."
        options={FOLLOWS}
      />
    </>
  )
}

const SIGNALS = [
  { value: '', name: 'from the preset, or SIGTERM' },
  ...['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP'].map((name) => ({ value: name, name })),
]

const METHODS = [
  { value: '', name: 'POST (default)' },
  ...['GET', 'POST', 'PUT', 'DELETE'].map((name) => ({ value: name, name })),
]

/** How it is asked to end. */
export function StopSection() {
  return (
    <>
      <div className="field-grid">
        <TextField id="stop.graceSeconds" label="Time until it is ended by force" placeholder="5" unit="seconds" />
        <TextField
          id="stop.secondSignalAfterSeconds"
          label="The signal again after"
          placeholder="preset, or never"
          unit="seconds"
        />
      </div>
      <SelectField id="stop.signal" label="Signal" help="Not on Windows." options={SIGNALS} />
      <ListField
        id="stop.command"
        label="Command instead of the signal"
        what="Part"
        help="Program and arguments, one a row; {host} and {port} are replaced. If it fails, the signal is sent."
      />
      <TextField
        id="stop.http.path"
        label="HTTP request instead of the signal: path"
        placeholder="none"
        help="On the service’s own address, e.g. /shutdown."
      />
      <SelectField id="stop.http.method" label="HTTP request: method" options={METHODS} />
    </>
  )
}

/** How much of what it prints is kept. */
export function LogsSection() {
  return (
    <>
      <TextField id="log.maxFileMegabytes" label="A file becomes an archive at" placeholder="256" unit="MB" />
      <TextField
        id="log.maxTotalMegabytes"
        label="Disk space for all it has printed"
        help="Beyond it the oldest archives are removed."
        placeholder="1024"
        unit="MB"
      />
    </>
  )
}
