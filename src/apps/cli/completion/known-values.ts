// SPDX-License-Identifier: Apache-2.0

import { READING_COMMANDS } from '#engine/reading-commands.ts';

import { OUTPUT_FORMATS } from '../check/output-formats.ts';
import type { Io } from '../io.ts';
import type { Candidate, KnownValues } from './complete.ts';

/** Names of a kubeconfig that need no quotes in any shell; the others are not offered. */
const PLAIN_NAME = /^[\w.@:/+%-]+$/u;

/** Values from this program and from the kubeconfig on this machine; no cluster is asked. */
export function knownValues(env: Io['env']): KnownValues {
  return {
    valuesOf: async (command, name, words) => {
      switch (name) {
        case 'output':
          return OUTPUT_FORMATS.map((value) => ({ value, description: '' }));
        case 'only':
          return command === 'fix' ? [...(await checkIds()), ...(await remedyIds())] : checkIds();
        case 'for':
          return READING_COMMANDS.map((value) => ({ value, description: '' }));
        case 'skip':
          return checkIds();
        // That of `undo` is the id of a change.
        case 'id':
          if (command === 'alerts') return alertIds();
          return command === 'explain' ? checkIds() : undefined;
        case 'context':
        case 'cluster':
        case 'user':
          return kubeconfigNames(name, kubeconfigOf(words), env);
        default:
          return undefined;
      }
    },
  };
}

async function checkIds(): Promise<readonly Candidate[]> {
  const { CHECKS } = await import('#engine/registry.generated.ts');
  return CHECKS.map(({ id, title }) => ({ value: id, description: title }));
}

async function alertIds(): Promise<readonly Candidate[]> {
  const { ALERTS } = await import('#alerts/registry.generated.ts');
  return ALERTS.map(({ id, title }) => ({ value: id, description: title }));
}

async function remedyIds(): Promise<readonly Candidate[]> {
  const { REMEDIES } = await import('#engine/remedies.generated.ts');
  return REMEDIES.map(({ id, title }) => ({ value: id, description: title }));
}

/** The file that the words so far name. */
function kubeconfigOf(words: readonly string[]): string | undefined {
  const at = words.lastIndexOf('--kubeconfig');
  const joined = words.findLast((word) => word.startsWith('--kubeconfig='));
  return at === -1 ? joined?.slice('--kubeconfig='.length) : words[at + 1];
}

/** What cannot be read has no names: a completion says nothing about errors. */
async function kubeconfigNames(
  kind: 'context' | 'cluster' | 'user',
  file: string | undefined,
  env: Io['env'],
): Promise<readonly Candidate[]> {
  const { loadKubeconfig } = await import('#sources/kubernetes/kubeconfig.ts');
  const kubeconfig = await loadKubeconfig({ kubeconfig: file, env }).catch(() => undefined);
  if (kubeconfig === undefined) return [];
  const { contexts, clusters, users } = kubeconfig;
  const names = { context: contexts, cluster: clusters, user: users }[kind].keys();
  return [...names]
    .filter((name) => PLAIN_NAME.test(name))
    .sort()
    .map((value) => ({ value, description: '' }));
}
