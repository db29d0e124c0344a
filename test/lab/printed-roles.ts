// SPDX-License-Identifier: Apache-2.0

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { z } from 'zod';

import { lab } from './lab-command.ts';
import { adminKubeconfig, selvage } from './selvage-command.ts';

/** Namespace of the account that the printed roles are bound to. */
export const NAMESPACE = 'kube-flannel';
/** Name of that account. */
export const ACCOUNT = 'selvage';

const KUBECONFIG = z.looseObject({
  users: z.array(z.looseObject({ name: z.string(), user: z.unknown() })),
});

/** The roles that `selvage access` prints, in the lab. */
export interface PrintedRoles {
  /** A kubeconfig with a token of the account that they are bound to. */
  readonly kubeconfig: string;
  readonly remove: () => Promise<void>;
}

/** Applies the printed roles; files go to `folder`. */
export async function applyPrintedRoles(
  folder: string,
  ...flags: readonly string[]
): Promise<PrintedRoles> {
  const roles = join(folder, 'roles.yaml');
  await writeFile(roles, (await selvage('access', '--print-rbac', ...flags)).stdout);
  await lab('kubectl', 'apply', '-f', roles);
  return {
    kubeconfig: await tokenKubeconfig(folder),
    remove: async () => {
      await lab('kubectl', 'delete', '--ignore-not-found', '-f', roles);
    },
  };
}

/** The admin's kubeconfig with a token of the account in place of the admin's key. */
async function tokenKubeconfig(folder: string): Promise<string> {
  const token = (await lab('kubectl', 'create', 'token', '-n', NAMESPACE, ACCOUNT)).trim();
  const kubeconfig = KUBECONFIG.parse(parse(await readFile(await adminKubeconfig(), 'utf8')));
  const users = kubeconfig.users.map(({ name }) => ({ name, user: { token } }));
  const file = join(folder, 'kubeconfig');
  await writeFile(file, stringify({ ...kubeconfig, users }), { mode: 0o600 });
  return file;
}
