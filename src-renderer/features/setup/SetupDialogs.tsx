import { closeSetup, type SetupDialog } from '../../store/setup-store.ts'
import { AddDialog } from './add/AddDialog.tsx'
import { DeleteDialog } from './DeleteDialog.tsx'
import { EditDialog } from './edit/EditDialog.tsx'
import './setup.css'
import './fields/field.css'
import './fields/choices.css'
import './fields/lists.css'
import './fields/gguf.css'
import './add.css'
import './edit.css'

/** The dialogs about what services.json says. Loaded when the first of them is needed. */
export function SetupDialogs({ dialog }: { readonly dialog: SetupDialog }) {
  switch (dialog.kind) {
    case 'add':
      return <AddDialog onClosed={closeSetup} />
    case 'edit':
      return <EditDialog key={dialog.key} serviceKey={dialog.key} onClosed={closeSetup} />
    case 'delete':
      return <DeleteDialog key={dialog.key} serviceKey={dialog.key} onClosed={closeSetup} />
  }
}
