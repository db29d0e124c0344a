// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';
import {
  explicitAnnotationPrefix,
  observedAnnotationPrefix,
} from '#collectors/flannel/annotation-prefix.ts';
import { type FlannelDiscovery, flannelOfSets } from '#collectors/flannel/find-flannel.ts';
import {
  flannelFlag,
  imageVersion,
  isFlannelContainer,
} from '#collectors/flannel/flannel-container.ts';
import { projectDaemonSet } from '#sources/kubernetes/objects/daemon-set.ts';
import { projectNode } from '#sources/kubernetes/objects/node.ts';
import type { ContainerSpec } from '#sources/kubernetes/objects/pod-template.ts';

interface SetOptions {
  readonly namespace?: string;
  readonly spec?: object;
  readonly containers?: readonly object[];
  readonly desired?: number;
}

function daemonSet(name: string, options: SetOptions = {}): unknown {
  const containers = options.containers ?? [{ name: 'kube-flannel', image: 'flannel:v0.28.9' }];
  return {
    metadata: { name, namespace: options.namespace ?? 'kube-flannel' },
    spec: {
      selector: { matchLabels: { app: name } },
      template: { spec: { containers, ...options.spec } },
    },
    status: { desiredNumberScheduled: options.desired ?? 1 },
  };
}

function found(...sets: readonly unknown[]): FlannelDiscovery | undefined {
  return flannelOfSets(sets.map(projectDaemonSet).filter((set) => set !== undefined));
}

function container(overrides: Partial<ContainerSpec> = {}): ContainerSpec {
  return { name: 'c', image: 'i', words: [], env: new Map(), mounts: [], ...overrides };
}

function nodeWith(...keys: readonly string[]): unknown {
  const annotations = Object.fromEntries(keys.map((key) => [key, 'true']));
  return { metadata: { name: 'n', annotations } };
}

describe('flannelOfSets', () => {
  it('finds Canal by its container, with the ConfigMap of Canal', () => {
    const canal = daemonSet('canal', {
      namespace: 'kube-system',
      containers: [
        { name: 'calico-node', image: 'calico/node:v3' },
        {
          name: 'kube-flannel',
          image: 'flannel:v0.24.4',
          volumeMounts: [{ name: 'cfg', mountPath: '/etc/kube-flannel/' }],
        },
      ],
      spec: { volumes: [{ name: 'cfg', configMap: { name: 'canal-config' } }] },
    });

    expect(found(canal)?.workload).toMatchObject({
      namespace: 'kube-system',
      name: 'canal',
      container: 'kube-flannel',
      version: 'v0.24.4',
      configMap: 'canal-config',
    });
  });

  it('finds a renamed container by its command', () => {
    const set = daemonSet('net', { containers: [{ name: 'x', command: ['/opt/bin/flanneld'] }] });

    expect(found(set)?.workload.container).toBe('x');
  });

  it('takes the DaemonSets of several architectures for one workload', () => {
    const perArch = (arch: string, desired: number): unknown =>
      daemonSet(`kube-flannel-ds-${arch}`, {
        desired,
        spec: { nodeSelector: { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': arch } },
      });

    const discovery = found(perArch('amd64', 2), perArch('arm64', 5), perArch('arm', 0));

    expect(discovery?.workload.name).toBe('kube-flannel-ds-arm64');
    expect(discovery?.workload.nodeSelector).toStrictEqual({ 'kubernetes.io/os': 'linux' });
    expect(discovery?.podSelectors).toHaveLength(3);
  });

  it.each<[string, SetOptions]>([
    ['of more nodes', { namespace: 'a-tenant', desired: 90 }],
    ['in the network of nodes', { namespace: 'a-tenant', spec: { hostNetwork: true } }],
    ['in a system namespace without that network', { namespace: 'kube-system', spec: {} }],
  ])("takes the cluster's own before one %s", (_, tenant) => {
    const own = daemonSet('kube-flannel-ds', { spec: { hostNetwork: true } });

    const discovery = found(daemonSet('a-flannel', { desired: 9, ...tenant }), own);

    expect(discovery?.workload).toMatchObject({
      namespace: 'kube-flannel',
      name: 'kube-flannel-ds',
    });
    expect(discovery?.podSelectors).toHaveLength(1);
  });

  it("takes none for flannel that is in its pods' own network, elsewhere", () => {
    expect(found(daemonSet('a-flannel', { namespace: 'a-tenant' }))).toBeUndefined();
  });

  it('takes one of any namespace that is the only one', () => {
    const release = daemonSet('release', { namespace: 'networking', spec: { hostNetwork: true } });

    expect(found(release)?.workload.namespace).toBe('networking');
  });

  it('leaves out the one for Windows', () => {
    const windows = daemonSet('a-windows', {
      desired: 9,
      spec: { nodeSelector: { 'kubernetes.io/os': 'windows' } },
    });

    expect(found(windows, daemonSet('linux'))?.workload.name).toBe('linux');
    expect(found(windows)).toBeUndefined();
  });

  it('does not evaluate affinity it does not know', () => {
    const expression = { key: 'zone', operator: 'In', values: ['a'] };
    const terms = { nodeSelectorTerms: [{ matchExpressions: [expression] }] };
    const nodeAffinity = { requiredDuringSchedulingIgnoredDuringExecution: terms };

    const discovery = found(daemonSet('a', { spec: { affinity: { nodeAffinity } } }));

    expect(discovery?.workload).toMatchObject({ affinityOs: [], hasUnevaluatedAffinity: true });
  });

  it('finds nothing among other DaemonSets', () => {
    const proxy = daemonSet('kube-proxy', { containers: [{ name: 'kube-proxy', image: 'p:v1' }] });

    expect(found(proxy, { kind: 'odd' }, null)).toBeUndefined();
  });
});

describe('flannelFlag', () => {
  it.each([
    [['--public-ip=1.2.3.4'], '1.2.3.4'],
    [['-public-ip', '1.2.3.4'], '1.2.3.4'],
    [['sh', '-c', 'exec flanneld --public-ip=1.2.3.4 --ip-masq'], '1.2.3.4'],
    [['--public-ip='], ''],
    [['--public-ipv6=fd00::1'], undefined],
    [[], undefined],
  ])('reads %j as %s', (words, value) => {
    expect(flannelFlag(container({ words }), 'public-ip')).toBe(value);
  });

  it.each([
    ['1.2.3.4', '1.2.3.4'],
    ['', undefined],
    [undefined, ''],
  ])('reads an environment of %s as %s', (value, expected) => {
    const env = new Map([['FLANNELD_PUBLIC_IP', value]]);

    expect(flannelFlag(container({ env }), 'public-ip')).toBe(expected);
  });
});

describe('isFlannelContainer', () => {
  it.each([
    [{ name: 'kube-flannel' }, true],
    [{ words: ['/opt/bin/flanneld', '--ip-masq'] }, true],
    [{ image: 'registry:5000/x/flanneld:v1' }, true],
    [{ words: ['--exclude=flanneld-logs'] }, false],
    [{ image: 'flannel-exporter:v1' }, false],
  ])('%j: %s', (overrides, expected) => {
    expect(isFlannelContainer(container(overrides))).toBe(expected);
  });
});

describe('imageVersion', () => {
  it.each([
    ['docker.io/flannel/flannel:v0.28.9', 'v0.28.9'],
    ['registry:5000/flannel', undefined],
    ['registry:5000/flannel:v0.22.0-rancher1@sha256:abc', 'v0.22.0-rancher1'],
    ['flannel@sha256:abc', undefined],
    ['flannel:latest', undefined],
  ])('of %s is %s', (image, version) => {
    expect(imageVersion(image)).toBe(version);
  });
});

describe('annotation prefix', () => {
  it('is what the flag or the environment names', () => {
    const env = new Map([['FLANNELD_KUBE_ANNOTATION_PREFIX', 'from.env']]);
    const words = ['--kube-annotation-prefix=from.flag'];

    expect(explicitAnnotationPrefix(container({ env }))).toBe('from.env');
    expect(explicitAnnotationPrefix(container({ env, words }))).toBe('from.flag');
    expect(explicitAnnotationPrefix(container())).toBeUndefined();
  });

  it.each([
    ['flannel.alpha.coreos.com/kube-subnet-manager', 'flannel.alpha.coreos.com'],
    ['example.org/net-kube-subnet-manager', 'example.org/net'],
    ['other/unrelated', undefined],
  ])('behind %s is %s', (key, prefix) => {
    const nodes = [nodeWith(key)].flatMap((each) => projectNode(each)?.node ?? []);

    expect(observedAnnotationPrefix(nodes)).toBe(prefix);
  });

  it('is that of most nodes', () => {
    const nodes = [
      nodeWith('old.example/kube-subnet-manager'),
      nodeWith('new.example/kube-subnet-manager'),
      nodeWith('new.example/kube-subnet-manager', 'old.example/backend-type'),
    ].flatMap((each) => projectNode(each)?.node ?? []);

    expect(observedAnnotationPrefix(nodes)).toBe('new.example');
  });
});
