import type { loadKoffi } from '../koffi.ts'

/** The calls into macOS, as they are: numbers and bytes. None of them waits for anything. */
export interface SystemLibrary {
  /**
   * @param into gets the answer; null asks how much room it needs
   * @returns the number of bytes; null if it is refused or does not fit
   */
  sysctl(name: readonly number[], into: Buffer | null): number | null
  /** As {@link sysctl}, of a name such as `kern.osversion`. */
  sysctlByName(name: string, into: Buffer): number | null
  /** @returns the number of bytes; 0 or less if there is no such process or it is not for us to look at */
  procPidInfo(pid: number, flavor: number, into: Buffer): number
  procPidFdInfo(pid: number, descriptor: number, flavor: number, into: Buffer): number
  procPidPath(pid: number, into: Buffer): number
  /** @returns whether it was answered */
  procPidRusage(pid: number, flavor: number, into: Buffer): boolean
  machTimebaseInfo(into: Buffer): boolean
}

/** Where these calls are: libraries of every macOS, in its shared cache rather than in files. */
const SYSTEM = '/usr/lib/libSystem.B.dylib'
const LIBPROC = '/usr/lib/libproc.dylib'

/**
 * Binds the calls as <sys/sysctl.h>, <libproc.h> and <mach/mach_time.h> declare them.
 *
 * @throws if a library or a call is missing
 */
export function bindSystemLibrary(
  koffi: NonNullable<Awaited<ReturnType<typeof loadKoffi>>>,
  paths: { readonly system: string; readonly libproc: string } = { system: SYSTEM, libproc: LIBPROC },
): SystemLibrary {
  const system = koffi.load(paths.system)
  const libproc = koffi.load(paths.libproc)
  const sysctl = system.func(
    'int sysctl(const int *name, unsigned int length, void *into, _Inout_ size_t *size, void *from, size_t fromSize)',
  )
  const sysctlByName = system.func(
    'int sysctlbyname(const char *name, void *into, _Inout_ size_t *size, void *from, size_t fromSize)',
  )
  const timebaseInfo = system.func('int mach_timebase_info(void *into)')
  const pidInfo = libproc.func('int proc_pidinfo(int pid, int flavor, uint64_t argument, void *into, int size)')
  const fdInfo = libproc.func('int proc_pidfdinfo(int pid, int descriptor, int flavor, void *into, int size)')
  const pidPath = libproc.func('int proc_pidpath(int pid, void *into, uint32_t size)')
  const rusage = libproc.func('int proc_pid_rusage(int pid, int flavor, void *into)')
  return {
    sysctl(name, into) {
      const size: [number] = [into?.length ?? 0]
      return sysctl(name, name.length, into, size, null, 0) === 0 ? size[0] : null
    },
    sysctlByName(name, into) {
      const size: [number] = [into.length]
      return sysctlByName(name, into, size, null, 0) === 0 ? size[0] : null
    },
    procPidInfo: (pid, flavor, into) => pidInfo(pid, flavor, 0, into, into.length),
    procPidFdInfo: (pid, descriptor, flavor, into) => fdInfo(pid, descriptor, flavor, into, into.length),
    procPidPath: (pid, into) => pidPath(pid, into, into.length),
    procPidRusage: (pid, flavor, into) => rusage(pid, flavor, into) === 0,
    machTimebaseInfo: (into) => timebaseInfo(into) === 0,
  }
}
