// SPDX-License-Identifier: Apache-2.0

import type { PatchDeploymentStep, Step } from '#model/plan.ts';

/** What a step does, by its fields alone: the title of one from a file is that file's own text. Pure. */
export function stepText(step: Step): string {
  switch (step.kind) {
    case 'restart-pod':
      return `delete pod ${step.namespace}/${step.pod}, and wait until the next one is Ready`;
    case 'patch-node-annotation':
      return `announce ${step.node} anew by ${Object.keys(step.annotations).join(', ')}`;
    case 'delete-link':
      return `delete link ${step.link} (${String(step.ifindex)})`;
    case 'patch-daemonset':
      return `set the resources of ${step.container} in daemonset ${step.namespace}/${step.name} to ${JSON.stringify(step.after)}`;
    case 'patch-deployment':
      return deploymentText(step);
    case 'apply-manifest':
      return `${step.present ? 'create' : 'delete'} ${step.path}`;
    case 'cordon-node':
      return `${step.cordoned ? 'cordon' : 'uncordon'} ${step.node}`;
    default:
      return `change ${entryOf(step)}: ${linesText(step.before)} becomes ${linesText(step.after)}`;
  }
}

function deploymentText({ namespace, name, change }: PatchDeploymentStep): string {
  const { field, before, after } = change;
  return `change ${field} of deployment ${namespace}/${name} from ${String(before ?? 'none')} to ${String(after ?? 'none')}`;
}

type EntryStep = Extract<Step, { readonly before: readonly string[] }>;

function entryOf(step: EntryStep): string {
  switch (step.kind) {
    case 'write-route':
      return `route ${step.dst}`;
    case 'write-neighbour':
      return `neighbour ${step.address} of ${step.link}`;
    case 'write-fdb-entry':
      return `FDB entry ${step.mac} of ${step.link}`;
    case 'write-link-mtu':
      return step.link;
    case 'write-file':
      return '/run/flannel/subnet.env';
  }
}

function linesText(lines: readonly string[]): string {
  return lines.length === 0 ? 'nothing' : lines.map((line) => `"${line}"`).join(', ');
}
