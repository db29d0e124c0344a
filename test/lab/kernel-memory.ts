// SPDX-License-Identifier: Apache-2.0

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Memory of a cgroup as the kernel's own files have it, bytes. */
export interface KernelMemory {
  /** What it uses without the file pages that nobody asked for lately, as the kubelet counts. */
  readonly workingSet: number;
  /** The most that it ever used, file pages included. */
  readonly peak: number;
}

/** Of one node of the lab; each has its own cgroup below this one. */
const NODES = '/sys/fs/cgroup/memory/lab';

/** Reads the memory of a whole node: its daemons and its pods. */
export function nodeMemory(node: string): Promise<KernelMemory> {
  return memoryOf(join(NODES, node));
}

/**
 * Reads the memory of a container on a node by its id, without what stands before `//` in the API.
 *
 * @throws Error when the node has no cgroup of that name
 */
export async function containerMemory(node: string, id: string): Promise<KernelMemory> {
  const folders = await readdir(join(NODES, node), { recursive: true, withFileTypes: true });
  const found = folders.find((each) => each.isDirectory() && each.name === id);
  if (found === undefined) throw new Error(`no cgroup of container ${id} on ${node}`);
  return memoryOf(join(found.parentPath, found.name));
}

async function memoryOf(folder: string): Promise<KernelMemory> {
  const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
  const [usage, peak, stat] = await Promise.all([
    read('memory.usage_in_bytes'),
    read('memory.max_usage_in_bytes'),
    read('memory.stat'),
  ]);
  const inactive = /^total_inactive_file (\d+)$/m.exec(stat)?.[1];
  return { workingSet: Number(usage) - Number(inactive), peak: Number(peak) };
}
