import { useSetup } from '../../store/setup-store.ts'
import { Later, LaterCode } from '../../ui/Later.tsx'

// Not part of what the window starts with: it is needed for a minute now and then.
const dialogs = new LaterCode(async () => (await import('./SetupDialogs.tsx')).SetupDialogs)

/** Shows the dialog about the services' settings that is wanted. */
export function SetupHost() {
  const dialog = useSetup((state) => state.dialog)
  return dialog === null ? null : <Later code={dialogs} props={{ dialog }} />
}
