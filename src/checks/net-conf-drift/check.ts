// SPDX-License-Identifier: Apache-2.0

import type { ClusterCheck } from '#checks/define-check.ts';
import type { RestartEffect, SettingDrift } from '#expected/setting-drift.ts';
import { shortText } from '#expected/short-text.ts';
import { PASS, skip, verdictOf } from '#model/finding.ts';

/** From the gravest: one finding speaks of the worst that a restart does. */
const BY_GRAVITY: readonly RestartEffect[] = ['refused', 'apart', 'applied', 'kept'];

function listed(drifts: readonly SettingDrift[], textOf: (drift: SettingDrift) => string): string {
  return drifts.map((each) => `${each.key} ${shortText(textOf(each))}`).join(', ');
}

/**
 * Finds settings of net-conf.json that most nodes do not run with. flanneld reads the file at its start only
 * (flannel@v0.28.9:main.go), so an edit waits there for the next start of a pod.
 */
export const check: ClusterCheck<'netConf' | 'netConfDrift'> = {
  id: 'net-conf-drift',
  title: 'Most nodes run with other settings than net-conf asks for',
  scope: 'cluster',
  stability: 'stable',
  severity: 'warning',
  needs: { cluster: ['netConf', 'netConfDrift'] },
  messages: {
    refused:
      'net-conf.json asks for {asked}, but most nodes run with {running}: flanneld reads the file at its start only. At the next start of its flannel pod a node whose pod range does not fit refuses to start flanneld, and from then on follows no change of the cluster.',
    apart:
      'net-conf.json asks for {asked}, but most nodes run with {running}: flanneld reads the file at its start only. The next start of a flannel pod applies it on that node alone, and cuts the node off from all that still run with the old setting.',
    applied:
      'net-conf.json asks for {asked}, but most nodes run with {running}: flanneld reads the file at its start only. The next start of a flannel pod applies it on that node alone; traffic goes on, by other rules, routes or packet sizes than elsewhere.',
    kept: 'net-conf.json asks for {asked}, but the vxlan links of most nodes have {running}. A restart of flannel leaves a link as it is: only one that is made anew, as after a reboot, gets the setting.',
  },
  run({ cluster: { netConf, netConfDrift }, atCluster }) {
    if (netConf.announced === true) {
      return skip('Flannel runs inside k3s, which writes net-conf.json anew at each start.');
    }
    const { drifts, mostNodesRead } = netConfDrift;
    if (drifts.length === 0) {
      return mostNodesRead
        ? PASS
        : skip('Too few nodes were selected to tell what most nodes run with.');
    }
    const effects = new Set(drifts.map(({ effect }) => effect));
    return verdictOf([
      {
        messageId: BY_GRAVITY.find((effect) => effects.has(effect)) ?? 'applied',
        data: {
          asked: listed(drifts, ({ asked }) => asked),
          running: listed(drifts, ({ running }) => running),
        },
        breaks: 'none',
        object: 'file net-conf.json',
        expected: listed(drifts, ({ running }) => running),
        observed: listed(drifts, ({ asked }) => asked),
        evidence: [atCluster('netConfDrift'), ...drifts.flatMap(({ evidence }) => evidence)],
      },
    ]);
  },
};
