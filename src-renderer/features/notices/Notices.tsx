import { perform } from '../../store/actions.ts'
import { useNotices } from '../../store/notices-store.ts'
import { IconButton } from '../../ui/Button.tsx'

/** What is worth knowing but stopped nothing, such as a damaged record. Stays until the person has seen it. */
export function Notices() {
  const notices = useNotices()
  if (notices.length === 0) return null
  return (
    <div className="notices" role="status" aria-label="Notices">
      {notices.map(({ id, message }) => (
        <div key={id} className="notice">
          <span>{message}</span>
          <IconButton icon="close" label="Dismiss" onClick={() => void perform('notices.dismiss', { id })} />
        </div>
      ))}
    </div>
  )
}
