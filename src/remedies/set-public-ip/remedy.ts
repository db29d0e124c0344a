// SPDX-License-Identifier: Apache-2.0

import { commandSite, isObjectName, plainAddress, UNPRINTABLE } from '#expected/command-site.ts';
import type { FlannelWorkload, NodeObject } from '#model/cluster.ts';
import type { LinkAddress } from '#model/kernel.ts';
import { parseAddress, sameAddress } from '#model/net/address.ts';
import type { ManualRemedy, TreatableFinding } from '#model/plan.ts';
import type { NodeRemedy } from '#remedies/define-remedy.ts';

interface Inputs {
  readonly nodes: readonly NodeObject[];
  readonly flannel: FlannelWorkload;
}

/** Says how to fix the address that a node announces, where its flannel chose a wrong one by itself. */
export const remedy: NodeRemedy<'nodes' | 'flannel', 'addresses'> = {
  id: 'set-public-ip',
  title: 'Tell Flannel which address or interface to use',
  scope: 'node',
  risk: 'node',
  disturbance: 'Selvage changes nothing here: it says what to do by hand.',
  invasiveness: 90,
  byHand: true,
  treats: ['public-ip-mismatch'],
  needs: { cluster: ['nodes', 'flannel'], node: ['addresses'] },
  plan: ({ cluster, facts, findings }) =>
    findings.map((finding) => {
      const manual = manualFor(finding, cluster, facts.addresses);
      return manual === undefined
        ? { kind: 'declined', findings: [finding], reason: UNPRINTABLE }
        : { kind: 'manual', findings: [finding], manual };
    }),
};

function manualFor(
  { node, finding: { object, data } }: TreatableFinding,
  { nodes, flannel }: Inputs,
  addresses: readonly LinkAddress[],
): ManualRemedy | undefined {
  const site = commandSite(nodes, node);
  const key = object?.replace(/^annotation /u, '') ?? '';
  const announced = parseAddress(String(data['publicIp']));
  const [address] =
    nodes
      .find(({ name }) => name === node)
      ?.internalIPs.filter((each) => parseAddress(each)?.family === announced?.family)
      .flatMap((each) => plainAddress(each) ?? []) ?? [];
  const isKey = /^[A-Za-z0-9][A-Za-z0-9./_-]*\/?[A-Za-z0-9_.-]*public-ip(?:v6)?$/u.test(key);
  if (site === undefined || address === undefined || !isKey) return undefined;
  const link = addresses.find((each) => sameAddress(each.address, address))?.link ?? '';
  return {
    title: `Tell Flannel that the address of ${site.name} is ${address}`,
    where: 'where kubectl works',
    lines: [
      `kubectl annotate node ${site.name} ${key}-overwrite=${address} --overwrite`,
      `selvage restart flannel --node ${site.name}`,
      ...(isLinkName(link) ? interfaceLines(link, flannel, site.platform) : []),
    ],
    verify: [
      `kubectl get node ${site.name} -o yaml | grep public-ip`,
      `selvage check --only public-ip-mismatch --node ${site.name}`,
    ],
  };
}

function isLinkName(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_.-]{0,14}$/u.test(text);
}

/** For all nodes and for good, in the words of the distribution. */
function interfaceLines(
  link: string,
  flannel: FlannelWorkload,
  platform: string,
): readonly string[] {
  const lead = '# or, where all nodes have that interface, for good:';
  if (platform === 'talos') {
    return [
      `${lead} in the machine config of the control plane`,
      'cluster:',
      '  network:',
      '    cni:',
      '      name: flannel',
      '      flannel:',
      `        extraArgs: [--iface=${link}]`,
    ];
  }
  if (platform === 'k3s') {
    return [`${lead} in /etc/rancher/k3s/config.yaml of each node`, `flannel-iface: ${link}`];
  }
  if (platform === 'rke2') {
    return [
      `${lead} in /var/lib/rancher/rke2/server/manifests/rke2-canal-config.yaml`,
      'apiVersion: helm.cattle.io/v1',
      'kind: HelmChartConfig',
      'metadata: {name: rke2-canal, namespace: kube-system}',
      'spec:',
      '  valuesContent: |-',
      '    flannel:',
      `      iface: ${link}`,
    ];
  }
  if (flannel.kind !== 'daemonset') return [];
  const { namespace, name } = flannel;
  if (!isObjectName(namespace) || !isObjectName(name)) return [];
  return [
    `${lead} add - --iface=${link} to the args of its container`,
    `kubectl -n ${namespace} edit daemonset ${name}`,
  ];
}
