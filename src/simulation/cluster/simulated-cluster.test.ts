// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { ExecFailure, ExecResult } from '#simulation/workload-backend.ts';
import { cluster, macMini } from './presets.ts';
import type { SimulatedCluster } from './simulated-cluster.ts';

/** The sections that are read from every node, in the form in which they are asked for. */
const SCRIPT = `m=4f1d
s() { n=$1; shift; printf '\\n%s begin %s\\n' "$m" "$n"; printf '\\n%s begin %s\\n' "$m" "$n" >&2; "$@"; r=$?; printf '\\n%s end %s %s\\n' "$m" "$n" "$r"; printf '\\n%s end %s %s\\n' "$m" "$n" "$r" >&2; }
s links ip -j -d link show
s addresses ip -j addr show
s routes ip -j -d -4 route show table main
s routes6 ip -j -d -6 route show table main
s neighbours ip -j neigh show
s fdb bridge -j fdb show
s subnet-env cat /run/flannel/subnet.env
s net-conf cat /etc/kube-flannel/net-conf.json
s sysctls grep -H . /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/all/forwarding
s clock date +%s
s boot cat /proc/sys/kernel/random/boot_id
`;

function inFlannel(
  simulated: SimulatedCluster,
  node: string,
  command: readonly string[],
): ExecResult | ExecFailure {
  const pod = simulated.flannelPod(node) ?? '';
  return simulated.exec({ namespace: simulated.flannelNamespace, pod, command });
}

function stdout(result: ExecResult | ExecFailure): string {
  return 'failure' in result ? result.message : result.stdout;
}

function section(text: string, name: string): string {
  return new RegExp(`4f1d begin ${name}\\n([^]*?)\\n4f1d end ${name} 0\\n`).exec(text)?.[1] ?? '';
}

describe('macMini', () => {
  it('is the cluster of the runbook', () => {
    const simulated = macMini();

    const pods = simulated.store.list('pods', { namespace: 'kube-system' }).items;

    expect(simulated.nodeNames).toEqual(['mac-mini-1', 'mac-mini-2', 'mac-mini-3']);
    expect(pods.filter(({ metadata }) => metadata.labels?.['k8s-app'] === 'flannel')).toHaveLength(
      3,
    );
    expect(pods.filter(({ metadata }) => metadata.labels?.['k8s-app'] === 'kube-dns')).toHaveLength(
      2,
    );
    expect(
      simulated.store.get('pods', 'kube-flannel-fqcnr', 'kube-system')?.['status'],
    ).toMatchObject({
      containerStatuses: [{ restartCount: 1, state: { running: expect.anything() as unknown } }],
    });
  });

  it('shows the incident of the runbook and its cure', () => {
    const simulated = macMini();
    const routes = (): string => stdout(inFlannel(simulated, 'mac-mini-2', ['ip', 'route']));
    simulated.fault('routes-flush', 'mac-mini-2');
    const broken = routes();

    simulated.restartFlannel('mac-mini-2');

    expect(broken).not.toContain('flannel.1');
    expect(broken).toContain('10.244.4.0/24 dev cni0');
    expect(routes()).toContain('10.244.3.0/24 via 10.244.3.0 dev flannel.1 onlink');
  });
});

describe('exec', () => {
  it('answers the script that reads a node', () => {
    const simulated = macMini({ now: () => new Date('2026-01-02T03:04:05Z') });

    const result = inFlannel(simulated, 'mac-mini-1', ['sh', '-c', SCRIPT]);

    const text = stdout(result);
    expect(JSON.parse(section(text, 'routes'))).toContainEqual({
      type: 'unicast',
      dst: '10.244.4.0/24',
      gateway: '10.244.4.0',
      dev: 'flannel.1',
      protocol: 'boot',
      scope: 'global',
      flags: ['onlink'],
    });
    expect(JSON.parse(section(text, 'neighbours'))).toHaveLength(3);
    expect(section(text, 'subnet-env')).toContain('FLANNEL_SUBNET=10.244.3.1/24');
    expect(section(text, 'clock')).toBe('1767323045\n');
    expect(result).toMatchObject({ exitCode: 0 });
  });

  it('fails on a container that does not run', () => {
    const simulated = cluster();
    simulated.fault('flannel-oom', 'node2');

    expect(inFlannel(simulated, 'node2', ['true'])).toEqual({
      failure: 'container-not-running',
      message: 'container not found ("kube-flannel")',
    });
  });

  it.each([
    [{ pod: 'nobody' }, 'pods "nobody" not found'],
    [{ container: 'other' }, 'container other is not valid for pod'],
  ])('fails on what does not exist: %j', (change, message) => {
    const simulated = cluster();
    const pod = simulated.flannelPod('node1') ?? '';
    const request = { namespace: simulated.flannelNamespace, pod, command: ['true'], ...change };

    const result = simulated.exec(request);

    expect(result).toMatchObject({ failure: 'container-not-found' });
    expect(stdout(result)).toContain(message);
  });

  it('fails on a program that the image does not have', () => {
    const simulated = cluster({ image: 'busybox' });

    const result = inFlannel(simulated, 'node1', ['bridge', 'fdb', 'show']);

    expect(result).toMatchObject({ failure: 'executable-not-found' });
    expect(stdout(result)).toContain('exec: "bridge": executable file not found in $PATH');
  });

  it('finds no shell in the CoreDNS image', () => {
    const simulated = macMini();
    const pod = simulated.store
      .list('pods')
      .items.find(({ metadata }) => metadata.name.startsWith('coredns-'));
    const request = { namespace: 'kube-system', pod: pod?.metadata.name ?? '', command: ['sh'] };

    expect(simulated.exec(request)).toMatchObject({ failure: 'executable-not-found' });
  });

  it('changes the kernel where a command does', () => {
    const simulated = macMini();
    simulated.fault('routes-flush', 'mac-mini-2');
    const command = 'ip route replace 10.244.3.0/24 via 10.244.3.0 dev flannel.1 onlink';

    inFlannel(simulated, 'mac-mini-2', command.split(' '));

    const probe = { namespace: 'web', pod: 'cloudflared-6c9d5f7b4-x2klm' };
    const site = { namespace: 'web', pod: 'website-7f8b9c6d5-q4wzt' };
    expect(simulated.ping(probe, site)).toMatchObject({ delivered: true });
  });

  it('pings from a pod over the kernels', () => {
    const simulated = macMini();
    simulated.fault('udp-block', 'mac-mini-1');

    const result = simulated.exec({
      namespace: 'web',
      pod: 'cloudflared-6c9d5f7b4-x2klm',
      command: ['ping', '-c', '2', '-W', '1', '10.244.3.2'],
    });

    expect(result).toMatchObject({ exitCode: 1 });
    expect(stdout(result)).toContain('2 packets transmitted, 0 packets received, 100% packet loss');
  });
});

describe('log', () => {
  it('shows flannel’s start with the time of the container', () => {
    const simulated = macMini();

    const text = simulated.log('kube-system', 'kube-flannel-fhvzm', 'kube-flannel', {});

    expect(text).toMatch(/^I\d{4} [\d:.]{15} +1 kube\.go:\d+\] Starting kube subnet manager\n/);
    expect(text).toContain(
      'Received Subnet Event with VxLan: BackendType: vxlan, PublicIP: 192.168.1.162',
    );
  });

  it('keeps to the last lines, with timestamps where asked', () => {
    const simulated = macMini();

    const text = simulated.log('kube-system', 'kube-flannel-fhvzm', undefined, {
      tailLines: 1,
      timestamps: true,
    });

    expect(text).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z I[^\n]+\n$/);
  });

  it('has a previous one only after a restart in place', () => {
    const simulated = cluster();
    const read = (): unknown =>
      simulated.log(simulated.flannelNamespace, simulated.flannelPod('node1') ?? '', undefined, {
        previous: true,
      });
    const before = read();

    simulated.fault('flannel-kill', 'node1');

    expect(before).toMatchObject({ failure: 'container-not-found' });
    expect(read()).toContain('Starting kube subnet manager');
  });
});

describe('usage', () => {
  it('knows every running node and pod', () => {
    const simulated = macMini();
    simulated.fault('flannel-oom', 'mac-mini-1');

    const usage = simulated.usage();

    expect(usage.nodes.map(({ name }) => name)).toEqual(simulated.nodeNames);
    expect(usage.pods).toHaveLength(6);
  });
});

describe('controllers', () => {
  it('replace every flannel pod when the template changes', () => {
    const simulated = cluster();
    const before = simulated.nodeNames.map((node) => simulated.flannelPod(node));
    const sets = simulated.store.list('daemonsets.apps').items;

    for (const set of sets) {
      const spec = set['spec'] as { template: { metadata: object; spec: object } };
      const template = { ...spec.template, spec: { ...spec.template.spec, hostPID: true } };
      simulated.store.update('daemonsets.apps', { ...set, spec: { ...spec, template } });
    }

    const after = simulated.nodeNames.map((node) => simulated.flannelPod(node));
    expect(after.filter((name) => before.includes(name))).toEqual([]);
    expect(simulated.store.list('pods', { namespace: 'kube-flannel' }).items).toHaveLength(3);
  });
});

describe('scale', () => {
  it('builds a thousand nodes whose entries are shared', { timeout: 20_000 }, () => {
    const simulated = cluster({ nodes: 1000 });

    const text = stdout(inFlannel(simulated, 'node500', ['sh', '-c', SCRIPT]));

    expect(JSON.parse(section(text, 'routes'))).toHaveLength(1001);
    expect(simulated.ping({ node: 'node1' }, { node: 'node1000' })).toMatchObject({
      delivered: true,
    });
  });

  it.each([0, 5001])('refuses %i nodes', (nodes) => {
    expect(() => cluster({ nodes })).toThrow(RangeError);
  });
});

describe('options', () => {
  it.each([
    [{ vni: 4096, port: 4789 }, 'flannel.4096'],
    [{ layout: 'talos' as const }, 'flannel.1'],
    [{ mtu: 9000 }, 'flannel.1'],
  ])('%j makes a whole cluster', (options, link) => {
    const simulated = cluster(options);

    const { kernel } = simulated.node('node1');

    expect(kernel.link(link).mtu).toBe((options as { mtu?: number }).mtu === 9000 ? 8950 : 1450);
    expect(kernel.fdb()).toHaveLength(2);
  });
});
