/** What of a processor's system calls the filter names (numbers of the kernel's tables). */
interface Calls {
  /** AUDIT_ARCH_… of linux/audit.h. */
  readonly arch: number;
  readonly clone: number;
  readonly socket: number;
  /** Calls that start processes, change namespaces and mounts, look into other processes, or go around this filter. */
  readonly denied: readonly number[];
}

/** The same numbers on all processors since 2019: io_uring, the mount calls, pidfd_getfd, mount_setattr, quotactl_fd. */
const common = [425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 442, 443];
const clone3 = 435;

const tables: Readonly<Partial<Record<NodeJS.Architecture, Calls>>> = {
  x64: {
    arch: 0xc000003e,
    clone: 56,
    socket: 41,
    // fork vfork ptrace syslog vhangup modify_ldt pivot_root chroot acct mount umount2 swapon swapoff reboot iopl ioperm
    // init_module delete_module quotactl kexec_load add_key request_key keyctl unshare perf_event_open open_by_handle_at setns
    // process_vm_readv process_vm_writev kcmp finit_module kexec_file_load bpf userfaultfd
    denied: [
      ...[57, 58, 101, 103, 153, 154, 155, 161, 163, 165, 166, 167, 168, 169, 172, 173, 175, 176, 179, 246, 248, 249],
      ...[250, 272, 298, 304, 308, 310, 311, 312, 313, 320, 321, 323, ...common],
    ],
  },
  arm64: {
    arch: 0xc00000b7,
    clone: 220,
    socket: 198,
    // umount2 mount pivot_root chroot vhangup quotactl acct unshare kexec_load init_module delete_module syslog ptrace reboot
    // add_key request_key keyctl swapon swapoff perf_event_open open_by_handle_at setns process_vm_readv process_vm_writev kcmp
    // finit_module bpf userfaultfd kexec_file_load
    denied: [
      ...[39, 40, 41, 51, 58, 60, 89, 97, 104, 105, 106, 116, 117, 142, 217, 218, 219, 224, 225, 241, 265, 268, 270],
      ...[271, 272, 273, 280, 282, 294, ...common],
    ],
  },
};

/** Address families that stay: Unix, IPv4, IPv6, netlink (how interfaces are listed). A vsock, for one, knows no namespaces. */
const families = [1, 2, 10, 16];

const errno = { EPERM: 1, ENOSYS: 38, EAFNOSUPPORT: 97 } as const;
const answers = { allow: 0x7fff0000, kill: 0x80000000 } as const;
const refuse = (code: keyof typeof errno) => 0x00050000 + errno[code];
/** Instructions of classic BPF (linux/bpf_common.h): load a word, jump if equal, if at least, if any bit is set, return. */
const code = { load: 0x20, equal: 0x15, atLeast: 0x35, anyBit: 0x45, return: 0x06 } as const;
/** Places in `struct seccomp_data`: number, processor, low half of the first argument. */
const at = { number: 0, arch: 4, firstArgument: 16 } as const;
const cloneThread = 0x00010000;
/** Numbers from here on are those of the x32 ABI, which would go around every other number. */
const x32 = 0x40000000;

interface Step {
  readonly code: number;
  readonly k: number;
  /** How many steps to skip when the test holds, and when it does not. */
  readonly then?: number;
  readonly otherwise?: number;
}

/**
 * A seccomp filter (classic BPF) under which a program can start threads and no processes. Null for processors it was not
 * written for.
 */
export function seccompFilter(architecture: NodeJS.Architecture): Buffer | null {
  const calls = tables[architecture];
  if (calls === undefined) return null;
  const refuseWhen = (test: Step, answer: number): Step[] => [
    { ...test, then: 0, otherwise: 1 },
    { code: code.return, k: answer },
  ];
  const steps: Step[] = [
    { code: code.load, k: at.arch },
    { code: code.equal, k: calls.arch, then: 1, otherwise: 0 },
    { code: code.return, k: answers.kill },
    { code: code.load, k: at.number },
    ...refuseWhen({ code: code.atLeast, k: x32 }, refuse('ENOSYS')),
    // The C library then takes clone, whose flags can be looked at.
    ...refuseWhen({ code: code.equal, k: clone3 }, refuse('ENOSYS')),
    ...calls.denied.flatMap((k) => refuseWhen({ code: code.equal, k }, refuse('EPERM'))),
    { code: code.equal, k: calls.clone, then: 0, otherwise: 4 },
    { code: code.load, k: at.firstArgument },
    { code: code.anyBit, k: cloneThread, then: 1, otherwise: 0 },
    { code: code.return, k: refuse('EPERM') },
    { code: code.return, k: answers.allow },
    { code: code.equal, k: calls.socket, then: 0, otherwise: 2 + families.length },
    { code: code.load, k: at.firstArgument },
    ...families.map((k, index) => ({ code: code.equal, k, then: families.length - index, otherwise: 0 })),
    { code: code.return, k: refuse('EAFNOSUPPORT') },
    { code: code.return, k: answers.allow },
  ];
  const program = Buffer.alloc(steps.length * 8);
  for (const [index, { code: operation, k, then = 0, otherwise = 0 }] of steps.entries()) {
    program.writeUInt16LE(operation, index * 8);
    program.writeUInt8(then, index * 8 + 2);
    program.writeUInt8(otherwise, index * 8 + 3);
    program.writeUInt32LE(k, index * 8 + 4);
  }
  return program;
}
