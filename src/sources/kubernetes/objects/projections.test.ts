// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { projectDaemonSet } from '#sources/kubernetes/objects/daemon-set.ts';
import { projectNode } from '#sources/kubernetes/objects/node.ts';
import { projectPod, projectPodWithTemplate } from '#sources/kubernetes/objects/pod.ts';
import {
  configMapValue,
  projectEndpointSlice,
  projectService,
  serverVersion,
  uidOf,
} from '#sources/kubernetes/objects/service.ts';

const projections = {
  projectNode,
  projectPod,
  projectPodWithTemplate,
  projectDaemonSet,
  projectService,
  projectEndpointSlice,
  serverVersion,
  uidOf,
  configMapValue: (item: unknown) => configMapValue(item, 'data'),
};

/** JSON values whose keys are those of Kubernetes objects. */
function odd(): fc.Arbitrary<unknown> {
  const keys = fc.constantFrom(
    ...['metadata', 'spec', 'status', 'name', 'namespace', 'labels', 'annotations', 'data'],
    ...['containers', 'containerStatuses', 'state', 'waiting', 'conditions', 'taints', 'type'],
    ...['addresses', 'endpoints', 'template', 'selector', 'nodeInfo', 'podCIDRs', '__proto__'],
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'medium' },
      fc.constantFrom(null, true, 0, 'text', ''),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(keys, tie('value'), { maxKeys: 6 }),
    ),
  }));
  return value.map((item) => structuredClone(item));
}

describe.each(Object.entries(projections))('%s', (_name, project) => {
  it('never throws, whatever the object', () => {
    const property = fc.property(odd(), odd(), (item, spec) => {
      project(item);
      project({ metadata: { name: 'n', namespace: 'ns', labels: item }, spec, status: item });
    });

    expect(() => {
      fc.assert(property, { numRuns: 300 });
    }).not.toThrow();
  });
});

describe('projectNode', () => {
  it('keeps what checks read and drops the rest', () => {
    const projected = projectNode({
      metadata: {
        name: 'n1',
        uid: 'u',
        creationTimestamp: '2026-01-01T00:00:00Z',
        managedFields: [{ manager: 'kubelet' }],
        labels: { 'kubernetes.io/os': 'linux', 'node-role.kubernetes.io/control-plane': '' },
        annotations: {
          'flannel.alpha.coreos.com/public-ip': '10.0.0.1',
          'x.y/z-backend-data': 'null',
          'volumes.kubernetes.io/secret': 'x',
        },
      },
      spec: {
        podCIDR: '10.244.1.0/24',
        taints: [{ key: 'k', effect: 'NoSchedule' }],
      },
      status: {
        addresses: [
          { type: 'InternalIP', address: '10.0.0.1' },
          { type: 'Hostname', address: 'n1' },
        ],
        conditions: [{ type: 'Ready', status: 'odd', message: 'a\u001b[31m\nb' }],
        nodeInfo: { kubeletVersion: 'v1.34.4', operatingSystem: 'linux' },
        images: [{ names: ['x'] }],
      },
    });

    expect(projected?.node).toStrictEqual({
      name: 'n1',
      uid: 'u',
      createdAt: '2026-01-01T00:00:00Z',
      os: 'linux',
      podCIDRs: ['10.244.1.0/24'],
      internalIPs: ['10.0.0.1'],
      externalIPs: [],
      conditions: [{ type: 'Ready', status: 'Unknown', message: 'a b' }],
      taints: [{ key: 'k', effect: 'NoSchedule' }],
      unschedulable: false,
      controlPlane: true,
      labels: { 'kubernetes.io/os': 'linux', 'node-role.kubernetes.io/control-plane': '' },
      kubeletVersion: 'v1.34.4',
      osImage: '',
      kernelVersion: '',
      containerRuntimeVersion: '',
      flannelAnnotations: {
        'flannel.alpha.coreos.com/public-ip': '10.0.0.1',
        'x.y/z-backend-data': 'null',
      },
    });
  });
});

describe('the arguments of k3s', () => {
  const flagsOf = (args: unknown): unknown =>
    projectNode({
      metadata: {
        name: 'n1',
        annotations: { 'k3s.io/node-args': typeof args === 'string' ? args : JSON.stringify(args) },
      },
    })?.k3sFlags;

  it('are kept as far as they bear on flannel', () => {
    const args = ['server', '--token', 'secret', '--cluster-cidr', '10.1.0.0/16,fd00::/56'];

    expect(flagsOf([...args, '--flannel-backend=host-gw', '--flannel-conf', '/x'])).toStrictEqual({
      isServer: true,
      clusterCidrs: ['10.1.0.0/16', 'fd00::/56'],
      flannelBackend: 'host-gw',
      hasFlannelConf: true,
    });
  });

  it('of an agent name no network', () => {
    expect(flagsOf(['agent'])).toStrictEqual({
      isServer: false,
      clusterCidrs: [],
      hasFlannelConf: false,
    });
  });

  it.each(['', '{}', '[1]', '["server"', 'null'])('are not read from %s', (text) => {
    expect(flagsOf(text)).toBeUndefined();
  });
});

describe('projectPod', () => {
  it('joins limits and states of containers', () => {
    const pod = projectPod({
      metadata: { name: 'p', namespace: 'ns', deletionTimestamp: '2026-01-02T00:00:00Z' },
      spec: {
        nodeName: 'n1',
        containers: [
          { name: 'a', resources: { limits: { memory: '50Mi', cpu: 1 } } },
          { name: 'b', env: [{ name: 'TOKEN', value: 'secret' }] },
        ],
      },
      status: {
        phase: 'Running',
        podIP: '10.244.1.2',
        containerStatuses: [
          {
            name: 'a',
            restartCount: 4,
            state: { waiting: { reason: 'CrashLoopBackOff' } },
            lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } },
          },
        ],
      },
    });

    expect(pod).toStrictEqual({
      namespace: 'ns',
      name: 'p',
      uid: '',
      nodeName: 'n1',
      phase: 'Running',
      ready: false,
      createdAt: '',
      deletingSince: '2026-01-02T00:00:00Z',
      podIPs: ['10.244.1.2'],
      containers: [
        {
          name: 'a',
          ready: false,
          restartCount: 4,
          state: 'waiting',
          reason: 'CrashLoopBackOff',
          lastTerminated: { reason: 'OOMKilled', exitCode: 137 },
          memoryLimit: '50Mi',
        },
        { name: 'b', ready: false, restartCount: 0, state: 'unknown' },
      ],
    });
  });
});
