// SPDX-License-Identifier: Apache-2.0

import { dnsOwnerNotes } from '#expected/workload-owners.ts';
import type { DnsDeployment } from '#model/cluster.ts';
import type { PatchDeploymentStep } from '#model/plan.ts';
import type { ClusterRemedy } from '#remedies/define-remedy.ts';

/** Pods are replaced one after another, each with its image to pull at worst. */
const READY_SECONDS = 300;

/** Places the pods of CoreDNS on several nodes: by a wish in its template, or anew where the wish is there. */
export const remedy: ClusterRemedy<'coreDns' | 'nodes'> = {
  id: 'spread-coredns',
  title: 'Place the DNS pods on several nodes',
  scope: 'cluster',
  risk: 'cluster',
  disturbance:
    'The DNS pods are made anew, one after another; a query that is under way to one that ends can be lost, and is asked again.',
  invasiveness: 30,
  settlesWithinMs: 10_000,
  treats: ['coredns-on-one-node'],
  needs: { cluster: ['coreDns', 'nodes'] },
  plan({ cluster: { coreDns, nodes }, findings, now }) {
    const { deployment } = coreDns;
    if (deployment?.namespace !== 'kube-system') {
      const reason = 'The Deployment of the DNS could not be read, or is not in kube-system.';
      return [{ kind: 'declined', findings, reason }];
    }
    const notes = dnsOwnerNotes(deployment, nodes);
    const step = deployment.isSpread ? anew(deployment, now) : spread(deployment);
    return [
      { kind: 'steps', findings, steps: [{ ...step, notes: [...(step.notes ?? []), ...notes] }] },
    ];
  },
};

function anew(deployment: DnsDeployment, now: string): PatchDeploymentStep {
  const place = placeOf(deployment);
  return {
    ...place,
    title: `restart ${place.object}, so that its pods are placed anew`,
    notes: ['Its template asks for several nodes already: they were placed when there was one.'],
    change: { field: 'restartedAt', before: deployment.restartedAt ?? null, after: now },
  };
}

function spread(deployment: DnsDeployment): PatchDeploymentStep {
  const place = placeOf(deployment);
  return {
    ...place,
    title: `let ${place.object} prefer different nodes for its pods`,
    notes: ['A preference, not a must: with one node left, all of its pods still run there.'],
    change: { field: 'spread', before: false, after: true },
  };
}

function placeOf(
  deployment: DnsDeployment,
): Pick<PatchDeploymentStep, 'kind' | 'object' | 'namespace' | 'name' | 'uid' | 'readySeconds'> {
  const { namespace, name, uid } = deployment;
  const object = `deployment ${namespace}/${name}`;
  return { kind: 'patch-deployment', object, namespace, name, uid, readySeconds: READY_SECONDS };
}
