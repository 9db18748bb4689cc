const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The two biggest units: `42s`, `3m 07s`, `2h 05m`, `4d 3h`. A clock set back counts as zero. */
export function formatDuration(milliseconds: number): string {
  const rest = Math.max(0, milliseconds)
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  if (rest < MINUTE) return `${Math.floor(rest / SECOND)}s`
  if (rest < HOUR) return `${Math.floor(rest / MINUTE)}m ${two((rest % MINUTE) / SECOND)}s`
  if (rest < DAY) return `${Math.floor(rest / HOUR)}h ${two((rest % HOUR) / MINUTE)}m`
  return `${Math.floor(rest / DAY)}d ${Math.floor((rest % DAY) / HOUR)}h`
}

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const
const STEP = 1024

/** `0 B`, `512 B`, `4.0 MB`, `17 GB`: never more than four digits. */
export function formatBytes(bytes: number): string {
  let value = Math.max(0, bytes)
  let unit = 0
  // 1023.95 would be shown as "1024", so the step comes a little early.
  while (value >= STEP - 0.5 && unit < UNITS.length - 1) {
    value /= STEP
    unit += 1
  }
  const digits = unit === 0 || value >= 9.95 ? 0 : 1
  return `${value.toFixed(digits)} ${UNITS[unit]}`
}

/** `0.0 %`, `3.4 %`, `250 %`. */
export function formatPercent(percent: number): string {
  return `${percent.toFixed(percent < 9.95 ? 1 : 0)} %`
}

const counting = new Intl.NumberFormat('en')

/** `1,234,567`. */
export function formatCount(count: number): string {
  return counting.format(count)
}

const clockTime = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' })

/** `5 Mar 2025, 14:03:09`, in the person's time zone. */
export function formatTime(epochMilliseconds: number): string {
  return clockTime.format(epochMilliseconds)
}
