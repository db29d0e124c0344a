// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import {
  CNI_DIRECTORY,
  FLANNEL_CNI_FILE,
  isOfFlannel,
  podNetworkOf,
  takenCniFile,
} from '#expected/cni-config.ts';
import { findNode } from '#expected/node-objects.ts';
import { judgedAddresses } from '#expected/pod-addresses.ts';
import { notFlannelNode } from '#expected/vxlan-applicability.ts';
import { PASS, skip, verdictOf } from '#model/finding.ts';

/** Finds nodes where the container runtime takes another CNI configuration than flannel's: the first by name wins. */
export const check: NodeCheck<'nodes' | 'podAddresses', 'cniConfig'> = {
  id: 'cni-config-foreign',
  title: 'CNI configuration of somebody else comes before that of flannel',
  scope: 'node',
  stability: 'stable',
  severity: 'critical',
  needs: { cluster: ['nodes', 'podAddresses'], node: ['cniConfig'] },
  messages: {
    first:
      'The container runtime on {node} takes {file}, with {plugins}, and not the configuration of flannel: pods that start there from now on are not in the network of flannel. Pods that run already go on.',
  },
  notApplicable: ({ cluster, node }) => notFlannelNode(cluster.nodes, node),
  run({ cluster, facts, node, atNode }) {
    const { nodes, podAddresses } = cluster;
    if (facts.cniConfig === null) {
      return skip(`The container that was read does not have ${CNI_DIRECTORY}.`);
    }
    const { files } = facts.cniConfig;
    const own = files.find(isOfFlannel);
    if (own === undefined) {
      return skip(`No file in ${CNI_DIRECTORY} is of flannel, so it may not be the one in use.`);
    }
    const taken = takenCniFile(files);
    if (taken === undefined) return skip(`No file in ${CNI_DIRECTORY} is a configuration.`);
    const network = podNetworkOf(taken);
    if (network === 'flannel') return PASS;
    // A bridge may be told to use the node's pod range, and then does no harm: other addresses show that it is not.
    const judged = judgedAddresses(podAddresses, findNode(nodes, node).object);
    const isSeen = judged !== undefined && judged.outside.length > 0;
    if (network === 'not known' || (network === 'plain' && !isSeen)) {
      return skip(`Which network ${taken.name} gives to pods is not known.`);
    }
    return verdictOf([
      {
        messageId: 'first',
        data: { file: taken.name, plugins: taken.plugins.join(', ') },
        breaks: 'none',
        object: `file ${CNI_DIRECTORY}/${taken.name}`,
        expected: takenCniFile([own])?.name ?? FLANNEL_CNI_FILE,
        observed: taken.name,
        evidence: [
          atNode('cniConfig', 'files', files.indexOf(taken)),
          atNode('cniConfig', 'files', files.indexOf(own)),
        ],
      },
    ]);
  },
};
