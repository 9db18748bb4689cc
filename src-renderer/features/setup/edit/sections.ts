import type { FieldProblem } from '../form/entry-form.ts'

export type SectionId = 'general' | 'address' | 'environment' | 'health' | 'restart' | 'stop' | 'after' | 'logs'

export const SECTIONS: readonly { readonly id: SectionId; readonly name: string }[] = [
  { id: 'general', name: 'General' },
  { id: 'address', name: 'Address' },
  { id: 'environment', name: 'Environment and secrets' },
  { id: 'health', name: 'Health' },
  { id: 'restart', name: 'Restart' },
  { id: 'stop', name: 'Stop' },
  { id: 'after', name: 'Order' },
  { id: 'logs', name: 'Logs' },
]

/** The section in which a problem can be mended; general ones are shown above all sections, too. */
export function sectionOfProblem({ field }: FieldProblem): SectionId {
  if (field === 'env') return 'environment'
  if (field === 'after') return 'after'
  if (field === 'followsRestart') return 'restart'
  if (field === 'args.host' || field === 'args.port') return 'address'
  const [first] = field.split('.')
  if (first === 'health' || first === 'restart' || first === 'stop') return first
  return first === 'log' ? 'logs' : 'general'
}
