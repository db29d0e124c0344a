// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { FdbEntry } from '#model/kernel.ts';
import { Interner } from '#sources/linux/interner.ts';
import { parseAddresses } from '#sources/linux/parse-addresses.ts';
import { LinuxParseError } from '#sources/linux/parse-error.ts';
import { parseFdb } from '#sources/linux/parse-fdb.ts';
import { parseLinks } from '#sources/linux/parse-links.ts';
import { parseNeighbours } from '#sources/linux/parse-neighbours.ts';
import { parseRoutes } from '#sources/linux/parse-routes.ts';
import { parseSubnetEnv } from '#sources/linux/parse-subnet-env.ts';

const DIRECTORY = new URL('../../../test/lab/recordings/', import.meta.url);
const FLANNEL = new Set(['flannel.1']);

interface RecordedNode {
  readonly name: string;
  readonly podCIDRs: readonly string[];
  readonly internalIP: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly commands: readonly {
    readonly argv: readonly string[];
    readonly stdout: string;
    readonly exitCode: number | null;
  }[];
}

interface Recording {
  readonly flannelImage: string;
  readonly backend: string;
  readonly layout: string;
  readonly faults: readonly string[];
  readonly nodes: readonly RecordedNode[];
}

function readRecording(file: string): Recording {
  return JSON.parse(readFileSync(new URL(file, DIRECTORY), 'utf8')) as Recording;
}

const RECORDINGS = readdirSync(DIRECTORY)
  .filter((file) => file.endsWith('.json'))
  .map((file) => ({ file, ...readRecording(file) }));

interface RecordedCase {
  readonly title: string;
  readonly recording: Recording;
  readonly node: RecordedNode;
  readonly peers: readonly RecordedNode[];
}

const NODES: readonly RecordedCase[] = RECORDINGS.flatMap((recording) =>
  recording.nodes.map((node) => ({
    title: `${node.name} of ${recording.file}`,
    recording,
    node,
    peers: recording.nodes.filter((other) => other !== node),
  })),
);
const OF_IPROUTE2 = NODES.filter(({ recording }) => recording.flannelImage === 'iproute2');
const OF_BUSYBOX = NODES.filter(({ recording }) => recording.flannelImage === 'busybox');
const WITH_VXLAN = OF_IPROUTE2.filter(({ recording }) => recording.backend === 'vxlan');
const WITH_HOST_GW = OF_IPROUTE2.filter(({ recording }) => recording.backend === 'host-gw');

function output(node: RecordedNode, command: string): string {
  const found = node.commands.find(({ argv }) => argv.join(' ') === command);
  if (found === undefined) throw new Error(`${command} was not recorded`);
  return found.stdout;
}

function networkOf({ podCIDRs }: RecordedNode): string {
  return podCIDRs[0]?.split('/')[0] ?? '';
}

function vtepMacOf({ annotations }: RecordedNode): string {
  const text = annotations['flannel.alpha.coreos.com/backend-data'] ?? '';
  return (JSON.parse(text) as { VtepMAC: string }).VtepMAC;
}

/** The same node before the fault. */
function healthyTwinOf({ recording, node }: RecordedCase): RecordedNode {
  const { backend, layout, flannelImage } = recording;
  const twin = RECORDINGS.find(
    (other) =>
      other.backend === backend &&
      other.layout === layout &&
      other.flannelImage === flannelImage &&
      other.faults.length === 0,
  )?.nodes.find(({ name }) => name === node.name);
  if (twin === undefined) throw new Error(`${node.name} was not recorded without faults`);
  return twin;
}

/** Which of a peer's entries a fault took from a node, by what `lab.md` says of the fault. */
function lost({ recording, node }: RecordedCase, entry: 'route' | 'neighbour' | 'fdb'): boolean {
  const gone: Readonly<Record<string, readonly string[]>> = {
    'link-bounce': ['route', 'neighbour'],
    'link-del': ['route', 'neighbour', 'fdb'],
  };
  return recording.faults.some((fault) => {
    const [name = '', on] = fault.split(' ');
    return on === node.name && gone[name]?.includes(entry) === true;
  });
}

function expectedPeers(one: RecordedCase, entry: 'route' | 'neighbour' | 'fdb'): RecordedNode[] {
  return lost(one, entry) ? [] : [...one.peers];
}

it('covers both backends, both layouts, both images and three faults', () => {
  expect(OF_BUSYBOX.length).toBeGreaterThan(0);
  expect(WITH_HOST_GW.length).toBeGreaterThan(0);
  expect(new Set(RECORDINGS.map(({ layout }) => layout))).toStrictEqual(
    new Set(['official', 'talos']),
  );
  expect(RECORDINGS.flatMap(({ faults }) => faults)).toHaveLength(3);
});

describe.each(WITH_VXLAN)('$title', (one) => {
  const { recording, node } = one;
  // With wrong-vtep-mac the annotation lies and the link keeps the MAC of the recording without faults.
  const honest = recording.faults.includes(`wrong-vtep-mac ${node.name}`)
    ? healthyTwinOf(one)
    : node;
  const linkMac = vtepMacOf(honest);

  it('has the vxlan link that its annotation names', () => {
    const link = parseLinks(output(node, 'ip -j -d link show')).find(
      ({ name }) => name === 'flannel.1',
    );

    expect(link).toStrictEqual({
      ifindex: expect.any(Number) as number,
      name: 'flannel.1',
      up: true,
      mtu: 1450,
      mac: linkMac,
      kind: 'vxlan',
      vxlan: {
        vni: 1,
        local: node.internalIP,
        lowerLink: 'eth0',
        port: recording.layout === 'talos' ? 4789 : 8472,
        learning: false,
        gbp: false,
      },
    });
  });

  it('has the first address of its pod range on the link', () => {
    const addresses = parseAddresses(output(node, 'ip -j addr show'));

    const own = addresses.filter(({ link, family }) => link === 'flannel.1' && family === 4);
    expect(own).toStrictEqual([
      {
        link: 'flannel.1',
        family: 4,
        address: networkOf(node),
        prefixLength: 32,
        scope: 'global',
      },
    ]);
  });

  it('routes the pod ranges of its peers into the tunnel', () => {
    const text = output(node, 'ip -j -d -4 route show table main');

    const routes = parseRoutes(text, 4, new Interner());

    expect(routes.filter((route) => route.link === 'flannel.1')).toStrictEqual(
      expectedPeers(one, 'route').map((peer) => ({
        family: 4,
        dst: peer.podCIDRs[0],
        gateway: networkOf(peer),
        link: 'flannel.1',
        type: 'unicast',
        protocol: 'boot',
        scope: 'global',
        metric: 0,
        onlink: true,
      })),
    );
  });

  it('knows the tunnel end of each peer', () => {
    const neighbours = parseNeighbours(output(node, 'ip -j neigh show'), FLANNEL, new Interner());

    const known = new Map(neighbours.map((entry) => [entry.address, entry]));
    expect(known).toStrictEqual(
      new Map(
        expectedPeers(one, 'neighbour').map((peer) => [
          networkOf(peer),
          {
            family: 4,
            address: networkOf(peer),
            link: 'flannel.1',
            mac: vtepMacOf(peer),
            nud: 'permanent',
          },
        ]),
      ),
    );
  });

  it('forwards each tunnel end to its node', () => {
    const entries = parseFdb(output(node, 'bridge -j fdb show'), FLANNEL, new Interner());

    const known = new Map(entries.map((entry) => [entry.mac, entry]));
    const wanted = expectedPeers(one, 'fdb').map((peer): FdbEntry => ({
      mac: vtepMacOf(peer),
      link: 'flannel.1',
      dst: peer.internalIP,
      state: 'permanent',
    }));
    expect(wanted.map(({ mac }) => known.get(mac))).toStrictEqual(wanted);
    // flannel leaves the entry of the MAC that an annotation had before.
    const changed = recording.faults.some(
      (fault) => fault.startsWith('wrong-vtep-mac') && !fault.endsWith(node.name),
    );
    expect(known.size).toBe(wanted.length + Number(changed));
  });

  it('has a subnet.env of its pod range', () => {
    expect(parseSubnetEnv(output(node, 'cat /run/flannel/subnet.env'))).toStrictEqual({
      network: '10.244.0.0/16',
      subnet: node.podCIDRs[0]?.replace('.0/', '.1/'),
      mtu: 1450,
      ipMasq: true,
    });
  });
});

describe.each(WITH_HOST_GW)('$title', ({ node, peers }) => {
  it('routes the pod ranges of its peers straight to them', () => {
    const text = output(node, 'ip -j -d -4 route show table main');

    const routes = parseRoutes(text, 4, new Interner());

    const names = new Set(peers.map(({ podCIDRs }) => podCIDRs[0]));
    expect(routes.filter(({ dst }) => names.has(dst))).toStrictEqual(
      peers.map((peer) => ({
        family: 4,
        dst: peer.podCIDRs[0],
        gateway: peer.internalIP,
        link: 'eth0',
        type: 'unicast',
        protocol: 'boot',
        scope: 'global',
        metric: 0,
        onlink: false,
      })),
    );
  });

  it('has no tunnel', () => {
    const links = parseLinks(output(node, 'ip -j -d link show'));

    expect(links.filter(({ kind }) => kind === 'vxlan')).toStrictEqual([]);
    expect(parseNeighbours(output(node, 'ip -j neigh show'), FLANNEL, new Interner())).toHaveLength(
      0,
    );
    expect(parseFdb(output(node, 'bridge -j fdb show'), FLANNEL, new Interner())).toHaveLength(0);
  });
});

describe.each(OF_IPROUTE2)('what fails on $title', ({ node }) => {
  it('is refused and not taken for an empty list', () => {
    const text = output(node, 'ip -j -d -4 route show table 4242');

    expect(() => parseRoutes(text, 4, new Interner())).toThrow(LinuxParseError);
  });
});

describe.each(OF_BUSYBOX)('$title', ({ node }) => {
  it('has a subnet.env of its pod range', () => {
    expect(parseSubnetEnv(output(node, 'cat /run/flannel/subnet.env'))).toMatchObject({
      subnet: node.podCIDRs[0]?.replace('.0/', '.1/'),
    });
  });
});
