// SPDX-License-Identifier: Apache-2.0

/** Why the kernel refused a change: errno names, or its extended acknowledgement. */
export type KernelErrorCode =
  | 'EEXIST'
  | 'EINVAL'
  | 'ENETUNREACH'
  | 'ENODEV'
  | 'ENOENT'
  | 'ESRCH'
  | 'EOPNOTSUPP'
  | 'nexthop-down'
  | 'nexthop-invalid';

/** Texts as netlink tools print them (strerror, and extended acknowledgements of net/ipv4/fib_semantics.c). */
const TEXTS: Readonly<Record<KernelErrorCode, string>> = {
  EEXIST: 'RTNETLINK answers: File exists',
  EINVAL: 'RTNETLINK answers: Invalid argument',
  ENETUNREACH: 'RTNETLINK answers: Network is unreachable',
  ENODEV: 'RTNETLINK answers: No such device',
  ENOENT: 'RTNETLINK answers: No such file or directory',
  ESRCH: 'RTNETLINK answers: No such process',
  EOPNOTSUPP: 'RTNETLINK answers: Operation not supported',
  'nexthop-down': 'Error: Nexthop device is not up.',
  'nexthop-invalid': 'Error: Nexthop has invalid gateway.',
};

/** A change that the kernel refused; nothing was changed. The message is what iproute2 prints. */
export class KernelError extends Error {
  readonly code: KernelErrorCode;

  constructor(code: KernelErrorCode) {
    super(TEXTS[code]);
    this.name = 'KernelError';
    this.code = code;
  }
}
