import { struct, union } from './c-struct.ts'

// Structures of macOS in the order and with the types of its public headers (xnu 11417: bsd/sys/sysctl.h, proc.h,
// proc_info.h, resource.h), with pointers as u64. `struct vmspace` and the parts of unions that nobody looks at are of
// the right size only.

const timeval = struct(['tv_sec', 'i64'], ['tv_usec', 'i32'])
const itimerval = struct(['it_interval', timeval], ['it_value', timeval])

const externProc = struct(
  ['p_starttime', timeval],
  ['p_vmspace', 'u64'],
  ['p_sigacts', 'u64'],
  ['p_flag', 'i32'],
  ['p_stat', 'u8'],
  ['p_pid', 'i32'],
  ['p_oppid', 'i32'],
  ['p_dupfd', 'i32'],
  ['user_stack', 'u64'],
  ['exit_thread', 'u64'],
  ['p_debugger', 'i32'],
  ['sigwait', 'i32'],
  ['p_estcpu', 'u32'],
  ['p_cpticks', 'i32'],
  ['p_pctcpu', 'u32'],
  ['p_wchan', 'u64'],
  ['p_wmesg', 'u64'],
  ['p_swtime', 'u32'],
  ['p_slptime', 'u32'],
  ['p_realtimer', itimerval],
  ['p_rtime', timeval],
  ['p_uticks', 'u64'],
  ['p_sticks', 'u64'],
  ['p_iticks', 'u64'],
  ['p_traceflag', 'i32'],
  ['p_tracep', 'u64'],
  ['p_siglist', 'i32'],
  ['p_textvp', 'u64'],
  ['p_holdcnt', 'i32'],
  ['p_sigmask', 'u32'],
  ['p_sigignore', 'u32'],
  ['p_sigcatch', 'u32'],
  ['p_priority', 'u8'],
  ['p_usrpri', 'u8'],
  ['p_nice', 'u8'],
  ['p_comm', 'u8', 17],
  ['p_pgrp', 'u64'],
  ['p_addr', 'u64'],
  ['p_xstat', 'u16'],
  ['p_acflag', 'u16'],
  ['p_ru', 'u64'],
)

const pcred = struct(
  ['pc_lock', 'u8', 72],
  ['pc_ucred', 'u64'],
  ['p_ruid', 'u32'],
  ['p_svuid', 'u32'],
  ['p_rgid', 'u32'],
  ['p_svgid', 'u32'],
  ['p_refcnt', 'i32'],
)
const ucred = struct(['cr_ref', 'i32'], ['cr_uid', 'u32'], ['cr_ngroups', 'i16'], ['cr_groups', 'u32', 16])
const vmspace = struct(['dummy', 'i32'], ['dummy2', 'u64'], ['dummy3', 'i32', 5], ['dummy4', 'u64', 3])

const eproc = struct(
  ['e_paddr', 'u64'],
  ['e_sess', 'u64'],
  ['e_pcred', pcred],
  ['e_ucred', ucred],
  ['e_vm', vmspace],
  ['e_ppid', 'i32'],
  ['e_pgid', 'i32'],
  ['e_jobc', 'i16'],
  ['e_tdev', 'i32'],
  ['e_tpgid', 'i32'],
  ['e_tsess', 'u64'],
  ['e_wmesg', 'u8', 8],
  ['e_xsize', 'i32'],
  ['e_xrssize', 'i16'],
  ['e_xccount', 'i16'],
  ['e_xswrss', 'i16'],
  ['e_flag', 'i32'],
  ['e_login', 'u8', 12],
  ['e_spare', 'i32', 4],
)

export const kinfoProc = struct(['kp_proc', externProc], ['kp_eproc', eproc])

export const fdInfo = struct(['proc_fd', 'i32'], ['proc_fdtype', 'u32'])

const fileInfo = struct(
  ['fi_openflags', 'u32'],
  ['fi_status', 'u32'],
  ['fi_offset', 'i64'],
  ['fi_type', 'i32'],
  ['fi_guardflags', 'u32'],
)

const vinfoStat = struct(
  ['vst_dev', 'u32'],
  ['vst_mode', 'u16'],
  ['vst_nlink', 'u16'],
  ['vst_ino', 'u64'],
  ['vst_uid', 'u32'],
  ['vst_gid', 'u32'],
  ['vst_times', 'i64', 8],
  ['vst_size', 'i64'],
  ['vst_blocks', 'i64'],
  ['vst_blksize', 'i32'],
  ['vst_flags', 'u32'],
  ['vst_gen', 'u32'],
  ['vst_rdev', 'u32'],
  ['vst_qspare', 'i64', 2],
)

const sockbufInfo = struct(
  ['sbi_cc', 'u32'],
  ['sbi_hiwat', 'u32'],
  ['sbi_mbcnt', 'u32'],
  ['sbi_mbmax', 'u32'],
  ['sbi_lowat', 'u32'],
  ['sbi_flags', 'i16'],
  ['sbi_timeo', 'i16'],
)

const address = struct(['words', 'u32', 4])
const inSockinfo = struct(
  ['insi_fport', 'i32'],
  ['insi_lport', 'i32'],
  ['insi_gencnt', 'u64'],
  ['insi_flags', 'u32'],
  ['insi_flow', 'u32'],
  ['insi_vflag', 'u8'],
  ['insi_ip_ttl', 'u8'],
  ['rfu_1', 'u32'],
  ['insi_faddr', address],
  ['insi_laddr', address],
  ['insi_v4', struct(['in4_tos', 'u8'])],
  ['insi_v6', struct(['in6_hlim', 'u8'], ['in6_cksum', 'i32'], ['in6_ifindex', 'u16'], ['in6_hops', 'i16'])],
)
const tcpSockinfo = struct(
  ['tcpsi_ini', inSockinfo],
  ['tcpsi_state', 'i32'],
  ['tcpsi_timer', 'i32', 4],
  ['tcpsi_mss', 'i32'],
  ['tcpsi_flags', 'u32'],
  ['rfu_1', 'u32'],
  ['tcpsi_tp', 'u64'],
)
const unSockinfo = struct(
  ['unsi_conn_so', 'u64'],
  ['unsi_conn_pcb', 'u64'],
  ['unsi_addr', 'u8', 255],
  ['unsi_caddr', 'u8', 255],
)

const socketInfo = struct(
  ['soi_stat', vinfoStat],
  ['soi_so', 'u64'],
  ['soi_pcb', 'u64'],
  ['soi_type', 'i32'],
  ['soi_protocol', 'i32'],
  ['soi_family', 'i32'],
  ['soi_options', 'i16'],
  ['soi_linger', 'i16'],
  ['soi_state', 'i16'],
  ['soi_qlen', 'i16'],
  ['soi_incqlen', 'i16'],
  ['soi_qlimit', 'i16'],
  ['soi_timeo', 'i16'],
  ['soi_error', 'u16'],
  ['soi_oobmark', 'u32'],
  ['soi_rcv', sockbufInfo],
  ['soi_snd', sockbufInfo],
  ['soi_kind', 'i32'],
  ['rfu_1', 'u32'],
  ['soi_proto', union(['pri_tcp', tcpSockinfo], ['pri_un', unSockinfo])],
)
export const socketFdInfo = struct(['pfi', fileInfo], ['psi', socketInfo])

export const rusageInfo = struct(
  ['ri_uuid', 'u8', 16],
  ['ri_user_time', 'u64'],
  ['ri_system_time', 'u64'],
  ['ri_pkg_idle_wkups', 'u64'],
  ['ri_interrupt_wkups', 'u64'],
  ['ri_pageins', 'u64'],
  ['ri_wired_size', 'u64'],
  ['ri_resident_size', 'u64'],
  ['ri_phys_footprint', 'u64'],
  ['ri_proc_start_abstime', 'u64'],
  ['ri_proc_exit_abstime', 'u64'],
)

export const taskInfo = struct(
  ['pti_virtual_size', 'u64'],
  ['pti_resident_size', 'u64'],
  ['pti_total_user', 'u64'],
  ['pti_total_system', 'u64'],
  ['pti_threads_user', 'u64'],
  ['pti_threads_system', 'u64'],
  ['pti_policy', 'i32'],
  ['pti_faults', 'i32'],
  ['pti_pageins', 'i32'],
  ['pti_cow_faults', 'i32'],
  ['pti_messages_sent', 'i32'],
  ['pti_messages_received', 'i32'],
  ['pti_syscalls_mach', 'i32'],
  ['pti_syscalls_unix', 'i32'],
  ['pti_csw', 'i32'],
  ['pti_threadnum', 'i32'],
  ['pti_numrunning', 'i32'],
  ['pti_priority', 'i32'],
)
