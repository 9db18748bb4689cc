// SYSTEM_TIMEOFDAY_INFORMATION: BootTime, CurrentTime, TimeZoneBias, TimeZoneId, BootTimeBias, SleepTimeBias.
export const TIME_OF_DAY_BYTES = 48
const BOOT_TIME = 0
const BOOT_TIME_BIAS = 32

/**
 * When the system was booted, as it thought at that time (FILETIME, decimal). Whenever somebody sets the clock, Windows
 * moves its boot time by as much and adds that to the bias, so their difference never changes while the system runs; its
 * kernel tells boots apart by it, too (docs/decisions/0017-windows-table.md). A fast start-up goes on with the same
 * kernel: no new boot.
 */
export function parseBootId(buffer: Buffer): string {
  return (buffer.readBigInt64LE(BOOT_TIME) - buffer.readBigInt64LE(BOOT_TIME_BIAS)).toString()
}
