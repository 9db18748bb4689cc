import type { EntryForm } from './entry-form.ts'

type Texts = EntryForm['texts']
type Lists = EntryForm['lists']

/** Where probe fields stand: for liveness, or for readiness. */
export type ProbePlace = 'health' | 'health.readiness'

export type ProbeField = 'path' | 'expectBody' | 'command' | 'logText' | 'logPattern'

const PROBE_FIELDS: readonly ProbeField[] = ['path', 'expectBody', 'command', 'logText', 'logPattern']

const FIELDS_OF_TYPE: Readonly<Record<string, readonly ProbeField[]>> = {
  // Most presets are probed like this.
  '': ['path', 'expectBody'],
  http: ['path', 'expectBody'],
  command: ['command'],
  log: ['logText', 'logPattern'],
}

/** The fields that belong to the type, and those that are filled although they do not: what is wrong must be in sight. */
export function probeFields(place: ProbePlace, texts: Texts, lists: Lists): readonly ProbeField[] {
  const wanted = FIELDS_OF_TYPE[texts[`${place}.type`]] ?? []
  return PROBE_FIELDS.filter((field) => {
    const isFilled = field === 'command' ? lists[`${place}.command`].length > 0 : texts[`${place}.${field}`] !== ''
    return isFilled || wanted.includes(field)
  })
}
