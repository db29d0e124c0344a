// SPDX-License-Identifier: Apache-2.0
import type { NodeFiles } from '#simulation/kernel/node-files.ts';

/** How long a machine has been up before its cluster was made. */
const UP_BEFORE_MS = 60 * 24 * 60 * 60 * 1000;

/** A process that the kernel killed for memory. */
export interface MemoryKill {
  readonly process: string;
  readonly pid: number;
  readonly podUid: string;
  readonly containerId: string;
  readonly limitBytes: number;
}

/**
 * What a kernel tells of its kills for memory: its log, and the counter of the cgroup of flannel's container, with
 * cgroup v2 and systemd (linux@v6.12:mm/oom_kill.c, mm/memcontrol.c).
 */
export class MemoryKills {
  readonly log: string[] = ['[    0.000000] Linux version 6.12.48 (gcc 14.2.0) #1 SMP'];
  #inContainer = 0;
  readonly #now: () => Date;
  readonly #bootedAtMs: number;

  constructor(now: () => Date, files: NodeFiles) {
    this.#now = now;
    this.#bootedAtMs = now().getTime() - UP_BEFORE_MS;
    files.set('/proc/uptime', () => `${this.#uptime().toFixed(2)} 1000.00\n`);
    files.set('/sys/fs/cgroup/memory.events', () =>
      ['low 0', 'high 0', 'max 0', 'oom 0', `oom_kill ${String(this.#inContainer)}`]
        .map((line) => `${line}\n`)
        .join(''),
    );
    files.set('/sys/fs/cgroup/memory.max', 'max\n');
  }

  /** The container was started anew: its cgroup counts from 0. */
  restart(): void {
    this.#inContainer = 0;
  }

  /** Kills a process of flannel's container. */
  kill({ process, pid, podUid, containerId, limitBytes }: MemoryKill): void {
    this.#inContainer += 1;
    const stamp = `[${this.#uptime().toFixed(6).padStart(12)}]`;
    const slice = `kubepods-burstable-pod${podUid.replaceAll('-', '_')}.slice`;
    const cgroup = `/kubepods.slice/kubepods-burstable.slice/${slice}/cri-containerd-${containerId}.scope`;
    const limit = String(limitBytes / 1024);
    const id = String(pid);
    this.log.push(
      `${stamp} ${process} invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=998`,
      `${stamp} memory: usage ${limit}kB, limit ${limit}kB, failcnt 53`,
      `${stamp} oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=${cgroup},task_memcg=${cgroup},task=${process},pid=${id},uid=0`,
      `${stamp} Memory cgroup out of memory: Killed process ${id} (${process}) total-vm:1260240kB, anon-rss:7936kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:80kB oom_score_adj:998`,
    );
  }

  #uptime(): number {
    return (this.#now().getTime() - this.#bootedAtMs) / 1000;
  }
}
