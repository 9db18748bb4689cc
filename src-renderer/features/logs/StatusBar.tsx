import type { LogExtent } from '../../../src-preload/contract/log-view.ts'
import { Button } from '../../ui/Button.tsx'
import { formatBytes, formatCount } from '../../ui/format.ts'
import { LogStatus } from './LogStatus.tsx'
import type { Note } from './note.ts'

interface StatusBarProps {
  readonly extent: LogExtent | null
  readonly note: Note | null
  /** Rows of the selection; 0 if nothing is selected. */
  readonly selectedRows: number
  readonly onCopy: () => void
  readonly isFollowing: boolean
  readonly setFollowing: (isFollowing: boolean) => void
}

export function StatusBar({ extent, note, selectedRows, onCopy, isFollowing, setFollowing }: StatusBarProps) {
  const mode = isFollowing ? 'following' : 'paused'
  return (
    <footer className="log-bar">
      <span className="log-bar-text" role={note === null ? undefined : 'status'} title={note?.text}>
        {note === null ? extentText(extent) : note.text}
      </span>
      {note?.action !== undefined && (
        <Button kind="quiet" onClick={note.action.run}>
          {note.action.name}
        </Button>
      )}
      {selectedRows > 0 && (
        <Button kind="quiet" icon="copy" onClick={onCopy}>
          {selectedRows === 1 ? 'Copy' : `Copy ${formatCount(selectedRows)} rows`}
        </Button>
      )}
      <Button kind="quiet" icon={isFollowing ? 'pause' : 'down'} onClick={() => setFollowing(!isFollowing)}>
        {isFollowing ? 'Pause' : 'Follow'}
      </Button>
      <LogStatus text={extent === null ? '' : `${rowsText(extent)}, ${mode}`} />
    </footer>
  )
}

function rowsText({ firstRow, endRow }: LogExtent): string {
  const count = endRow - firstRow
  return `${formatCount(count)} ${count === 1 ? 'row' : 'rows'}`
}

function extentText(extent: LogExtent | null): string {
  if (extent === null) return 'Opening …'
  const { counting, sizeBytes } = extent
  const size = formatBytes(sizeBytes)
  return counting === null ? `${rowsText(extent)}, ${size}` : `counting ${Math.floor(counting * 100)} %, ${size}`
}
