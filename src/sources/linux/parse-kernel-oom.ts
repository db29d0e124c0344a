// SPDX-License-Identifier: Apache-2.0

import type { KernelLinkLine, KernelOomKill, KernelOomLog } from '#model/oom.ts';
import { plainText } from '#sources/plain-text.ts';

/** The lines that {@link parseKernelOom} knows, for `grep -E`. */
export const KERNEL_LINES =
  '(Linux version |oom-kill:|Killed process |memory: usage |[Ll]ink is (Down|Up|not ready)|Link Down|link becomes ready)';

/** Most lines that are looked at, the last ones: what a machine of a thousand kills leaves. */
const MAX_LINES = 5000;
const MAX_LINE = 2400;

/** `[ 2009.824298] text`, with CONFIG_PRINTK_CALLER `[ 2009.824298][  T115] text`. */
const STAMPED = /^(?:<\d{1,3}>)?\[ {0,12}(\d{1,10}\.\d{1,9})\](?:\[ {0,8}[TC]\d{1,10}\])? (.*)$/;

/** linux@v6.18:mm/oom_kill.c, dump_oom_victim and mm/memcontrol.c, mem_cgroup_print_oom_context. */
const VICTIM =
  /^oom-kill:constraint=(CONSTRAINT_[A-Z_]{1,20}),(.{0,900}?),?task_memcg=(\/[^,]{0,400}),task=(.{0,80}),pid=(\d{1,10}),uid=\d{1,10}$/;

/** linux@v6.18:mm/memcontrol.c, mem_cgroup_print_oom_meminfo. */
const USAGE = /^memory: usage (\d{1,15})kB, limit (\d{1,16})kB, failcnt \d{1,20}$/;

/** A limit above this is the kernel's word for none. */
const NO_LIMIT_KIB = 2 ** 50;

/** How to make an instant of a stamp. */
export interface KernelClock {
  /** The node's clock when the log was read, milliseconds since 1970. */
  readonly nowMs: number;
  /** Seconds since the kernel started, at the same time. */
  readonly uptimeSeconds: number;
}

/**
 * What `dmesg` says of kills for memory and of links. A process chooses 15 bytes of these lines, its name: they are
 * read from both ends, so that no name can stand for a number or a cgroup.
 */
export function parseKernelOom(text: string, clock: KernelClock): KernelOomLog {
  const lines = text.split('\n').slice(-MAX_LINES);
  const kills: KernelOomKill[] = [];
  const links: KernelLinkLine[] = [];
  let usage: Pick<KernelOomKill, 'usageBytes' | 'limitBytes'> = {};
  let completeSince: number | undefined;
  for (const line of lines) {
    const [, stamp = '', words = ''] = STAMPED.exec(line.slice(0, MAX_LINE)) ?? [];
    if (stamp === '') continue;
    const stampSeconds = Number(stamp);
    completeSince ??= stampSeconds;
    const told = usageOf(words);
    if (told !== undefined) usage = told;
    const kill = killOf(words, usage);
    if (kill !== undefined) {
      kills.push({ stampSeconds, at: instantOf(stampSeconds, clock), ...kill });
      usage = {};
    }
    if (LINK.test(words)) {
      links.push({ at: instantOf(stampSeconds, clock), text: plainText(words, 120) });
    }
  }
  return {
    ...(completeSince !== undefined && { completeSince: instantOf(completeSince, clock) }),
    kills,
    links,
  };
}

const LINK = /^.{1,60}: (?:NIC )?(?:[Ll]ink is (?:Down|Up|not ready)|Link Down|link becomes ready)/;

function instantOf(stampSeconds: number, { nowMs, uptimeSeconds }: KernelClock): string {
  const atMs = nowMs - (uptimeSeconds - stampSeconds) * 1000;
  return new Date(Math.min(Math.max(atMs, 0), nowMs)).toISOString();
}

function usageOf(words: string): Pick<KernelOomKill, 'usageBytes' | 'limitBytes'> | undefined {
  const [, used, limit] = USAGE.exec(words) ?? [];
  if (used === undefined || limit === undefined) return undefined;
  const limitKiB = Number(limit);
  return {
    usageBytes: Number(used) * 1024,
    ...(limitKiB < NO_LIMIT_KIB && { limitBytes: limitKiB * 1024 }),
  };
}

function killOf(
  words: string,
  usage: Pick<KernelOomKill, 'usageBytes' | 'limitBytes'>,
): Omit<KernelOomKill, 'stampSeconds' | 'at'> | undefined {
  const [, constraint, context = '', cgroup, process = '', pid] = VICTIM.exec(words) ?? [];
  if (constraint === undefined || cgroup === undefined || pid === undefined) return undefined;
  const isOfCgroup = constraint === 'CONSTRAINT_MEMCG' && !context.includes('global_oom');
  return {
    process: plainText(process, 64),
    pid: Number(pid),
    cgroup: plainText(cgroup, 400),
    ...placeOf(cgroup),
    cause: isOfCgroup ? 'cgroup' : 'machine',
    ...(isOfCgroup && usage),
  };
}

/** `…/pod<uid>/<id>` with cgroupfs, `…-pod<uid, - as _>.slice/cri-containerd-<id>.scope` with systemd. */
const POD =
  /pod([0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|[0-9a-f]{32})(?:\.slice)?(?:\/|$)/;
const CONTAINER = /\/(?:[a-z]+(?:-[a-z]+)*-)?([0-9a-f]{64})(?:\.scope)?(?:\/|$)/;

function placeOf(cgroup: string): Pick<KernelOomKill, 'podUid' | 'containerId'> {
  const podUid = POD.exec(cgroup)?.[1]?.replaceAll('_', '-');
  const containerId = CONTAINER.exec(cgroup)?.[1];
  return {
    ...(podUid !== undefined && { podUid }),
    ...(podUid !== undefined && containerId !== undefined && { containerId }),
  };
}
