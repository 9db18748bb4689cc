import type { Handle, Win32 } from './libs.ts'
import { FORCED_EXIT_CODE } from './process-handles.ts'
import { systemError } from './system-error.ts'

// Rights and limits of jobs (winnt.h).
const JOB_OBJECT_QUERY = 0x4
const JOB_OBJECT_TERMINATE = 0x8
const JOB_OBJECT_LIMIT_BREAKAWAY_OK = 0x800
const JobObjectBasicProcessIdList = 3
const JobObjectExtendedLimitInformation = 9
/** JOBOBJECT_EXTENDED_LIMIT_INFORMATION, and where LimitFlags lies in it. */
const LIMITS_BYTES = 144
const LIMIT_FLAGS_AT = 16
/** JOBOBJECT_BASIC_PROCESS_ID_LIST: two counts, then the pids in the width of a pointer. */
const LIST_HEADER_BYTES = 8
const PID_BYTES = 8
const FIRST_GUESS = 64

const ERROR_FILE_NOT_FOUND = 2
const ERROR_MORE_DATA = 234
const OWN_PROCESS: Handle = 0xffff_ffff_ffff_ffffn

export interface CreateJobOptions {
  /** Whether a member may start processes outside it, if it asks for that (CREATE_BREAKAWAY_FROM_JOB). */
  readonly allowLeaving: boolean
}

/** Job objects: groups of processes that nothing leaves by the death of its parent, and that are ended as one. */
export interface Jobs {
  /**
   * CreateJobObjectW. It does not end its members when it is closed. Its name is known in this session as long as anybody
   * has a handle of it.
   *
   * @throws a system error; `EBADF` if the name belongs to something else
   */
  create(name: string, options: CreateJobOptions): Handle
  /** OpenJobObjectW, to look at it and to end it; null if there is none of this name. @throws a system error */
  open(name: string): Handle | null
  /** A second handle that new processes inherit, and that can only be used to look at the job. @throws a system error */
  inheritableHandle(job: Handle): Handle
  /** The pids of its living members, those of jobs within it, too. @throws a system error */
  members(job: Handle): number[]
  /** TerminateJobObject: ends all members at one moment, also what they are just starting. @throws a system error */
  terminate(job: Handle): void
  /** Whether what this process starts may leave the job that this process itself is in, if any. */
  mayLeaveOwnJob(): boolean
}

export function bindJobs({ kernel32, lastError }: Win32): Jobs {
  const createJob = kernel32.func('void * __stdcall CreateJobObjectW(void *security, const char16_t *name)')
  const openJob = kernel32.func('void * __stdcall OpenJobObjectW(uint32_t access, int inherit, const char16_t *name)')
  const setInformation = kernel32.func(
    'int __stdcall SetInformationJobObject(void *job, int kind, void *info, uint32_t length)',
  )
  const queryInformation = kernel32.func(
    'int __stdcall QueryInformationJobObject(void *job, int kind, _Out_ void *info, uint32_t length, void *returned)',
  )
  const terminateJob = kernel32.func('int __stdcall TerminateJobObject(void *job, uint32_t code)')
  const closeHandle = kernel32.func('int __stdcall CloseHandle(void *handle)')
  const duplicateHandle = kernel32.func(
    'int __stdcall DuplicateHandle(void *fromProcess, void *handle, void *toProcess, _Out_ void **duplicate, uint32_t access, int inherit, uint32_t options)',
  )
  const failed = (call: string) => systemError(call, lastError())

  return {
    create(name, { allowLeaving }) {
      const job: Handle | null = createJob(null, name)
      if (job === null) throw failed('CreateJobObjectW')
      if (!allowLeaving) return job
      const limits = Buffer.alloc(LIMITS_BYTES)
      limits.writeUInt32LE(JOB_OBJECT_LIMIT_BREAKAWAY_OK, LIMIT_FLAGS_AT)
      if (setInformation(job, JobObjectExtendedLimitInformation, limits, limits.length) !== 0) return job
      const error = failed('SetInformationJobObject')
      closeHandle(job)
      throw error
    },
    open(name) {
      const job: Handle | null = openJob(JOB_OBJECT_QUERY | JOB_OBJECT_TERMINATE, 0, name)
      if (job !== null) return job
      const error = lastError()
      if (error === ERROR_FILE_NOT_FOUND) return null
      throw systemError('OpenJobObjectW', error)
    },
    inheritableHandle(job) {
      const duplicate: [Handle] = [0n]
      const isDone = duplicateHandle(OWN_PROCESS, job, OWN_PROCESS, duplicate, JOB_OBJECT_QUERY, 1, 0) !== 0
      if (!isDone) throw failed('DuplicateHandle')
      return duplicate[0]
    },
    members(job) {
      for (let room = FIRST_GUESS; ; room *= 2) {
        const list = Buffer.alloc(LIST_HEADER_BYTES + room * PID_BYTES)
        if (queryInformation(job, JobObjectBasicProcessIdList, list, list.length, null) === 0) {
          const error = lastError()
          if (error === ERROR_MORE_DATA) continue
          throw systemError('QueryInformationJobObject', error)
        }
        if (list.readUInt32LE(0) > list.readUInt32LE(4)) continue
        const count = list.readUInt32LE(4)
        return Array.from({ length: count }, (_, index) => list.readUInt32LE(LIST_HEADER_BYTES + index * PID_BYTES))
      }
    },
    terminate(job) {
      if (terminateJob(job, FORCED_EXIT_CODE) === 0) throw failed('TerminateJobObject')
    },
    mayLeaveOwnJob() {
      const limits = Buffer.alloc(LIMITS_BYTES)
      // Without a job, or one that does not say: then nothing is asked for.
      if (queryInformation(null, JobObjectExtendedLimitInformation, limits, limits.length, null) === 0) return false
      return (limits.readUInt32LE(LIMIT_FLAGS_AT) & JOB_OBJECT_LIMIT_BREAKAWAY_OK) !== 0
    },
  }
}
