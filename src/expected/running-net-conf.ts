// SPDX-License-Identifier: Apache-2.0

import { type RunningBackend, runningBackend } from '#expected/running-backend.ts';
import { kernelVotes } from '#expected/running-settings.ts';
import type {
  NetConfFacts,
  NodeReading,
  SettingDrift,
  SettingVote,
} from '#expected/setting-drift.ts';
import type { NetConf } from '#model/cluster.ts';
import { definedFields } from '#model/defined-fields.ts';
import { jsonPointer } from '#model/json-pointer.ts';

/** net-conf.json as most nodes run with it, and where that is not what the file asks for. */
export interface RunningNetConf {
  readonly netConf: NetConf;
  readonly drifts: readonly SettingDrift[];
}

/**
 * net-conf.json as the nodes run with it. flanneld reads the file at its start only (flannel@v0.28.9:main.go), so
 * what counts is what more than half of the Linux nodes show: the backend and VNI that they announce, the parameters
 * of their vxlan links, subnet.env, and their rules. Where no value has a majority the file's own stays.
 */
export function runningNetConf(
  facts: NetConfFacts,
  readings: readonly NodeReading[],
): RunningNetConf {
  const announced = announcedVotes(facts);
  const backend = changed(facts.netConf, announced);
  const votes = [
    ...announced,
    ...kernelVotes({ ...facts, netConf: backend }, facts.netConf, readings),
  ];
  if (votes.length === 0) return { netConf: facts.netConf, drifts: [] };
  return {
    netConf: changed(facts.netConf, votes),
    drifts: votes.map(({ drift }) => drift),
  };
}

function changed(netConf: NetConf, votes: readonly SettingVote[]): NetConf {
  const fields = votes.reduce<object>((all, { change }) => ({ ...all, ...change }), netConf);
  return definedFields(fields) as NetConf;
}

function announcedVotes({ nodes, flannel, netConf }: NetConfFacts): readonly SettingVote[] {
  if (flannel === undefined) return [];
  const backend = runningBackend(nodes, flannel);
  const { type = netConf.backendType, vni = netConf.vni } = backend;
  const evidence = announcement(backend);
  return [
    ...(type === netConf.backendType
      ? []
      : [
          {
            change: { backendType: type },
            drift: {
              key: 'Backend.Type',
              asked: netConf.backendType,
              running: type,
              effect: 'apart' as const,
              evidence,
            },
          },
        ]),
    ...(type !== 'vxlan' || vni === netConf.vni
      ? []
      : [
          {
            change: { vni },
            drift: {
              key: 'Backend.VNI',
              asked: String(netConf.vni),
              running: String(vni),
              effect: 'apart' as const,
              evidence,
            },
          },
        ]),
  ];
}

function announcement({ announced, type, vni }: RunningBackend): readonly string[] {
  const shown = announced.find(
    (each) => each.type === type && (vni === undefined || each.vni === vni),
  );
  return shown === undefined
    ? []
    : [jsonPointer('cluster', 'nodes', 'value', shown.index, 'flannelAnnotations')];
}
