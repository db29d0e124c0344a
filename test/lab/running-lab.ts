// SPDX-License-Identifier: Apache-2.0

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import { LAB, lab, tryLab } from './lab-command.ts';
import { REPOSITORY } from './run-command.ts';
import { SELVAGE } from './selvage-command.ts';

const keepLab = process.env['KEEP_LAB'] === '1';

/** How `lab status` begins in the variant that the suite's expectations are written for. */
const DEFAULT_VARIANT = 'flannel v0.28.10 (iproute2 image), backend vxlan, layout official,';

/** Set while a lab may be up that nobody has taken down yet. */
let takeDownAtExit = false;

// Ctrl-C and a crash of the runner end the process without a teardown; this runs in any case but SIGKILL.
process.on('exit', () => {
  if (takeDownAtExit) spawnSync(LAB, ['down'], { stdio: 'inherit', cwd: REPOSITORY });
});

// Without a handler these end the process at once, without its exit event.
process.once('SIGTERM', () => process.exit(143));
process.once('SIGHUP', () => process.exit(129));

async function useRunningLab(): Promise<void> {
  const status = await lab('status');
  const nodes = status.match(/^node\d+ running/gm)?.length ?? 0;
  if (!status.startsWith(DEFAULT_VARIANT) || nodes !== 3) {
    throw new Error(`the running lab is of another kind (lab down first)\n${status}`);
  }
  await lab('heal');
}

async function takeDown(): Promise<void> {
  takeDownAtExit = false;
  if (!keepLab) await lab('down');
}

/**
 * Before the first test: a healthy lab of three nodes, started when none is up. Returns what to do
 * after the last test: take it down, whoever started it, unless KEEP_LAB=1.
 */
export async function setup(): Promise<() => Promise<void>> {
  if (!existsSync(resolve(REPOSITORY, SELVAGE))) {
    throw new Error(`${SELVAGE} is missing (npm run build first)`);
  }
  takeDownAtExit = !keepLab;
  const isUp =
    (await tryLab('kubeconfig')).exitCode === 0 && (await tryLab('status')).exitCode === 0;
  try {
    if (isUp) await useRunningLab();
    else await lab('up');
  } catch (error) {
    await takeDown();
    throw error;
  }
  return takeDown;
}
