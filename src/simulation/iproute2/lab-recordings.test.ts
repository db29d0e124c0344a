// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Backend, ImageFlavour, Layout } from '#simulation/cluster/cluster-options.ts';
import { FAULT_NAMES } from '#simulation/cluster/faults.ts';
import { cluster } from '#simulation/cluster/presets.ts';
import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';

const DIRECTORY = new URL('../../../test/lab/recordings/', import.meta.url);

interface RecordedCommand {
  readonly argv: readonly string[];
  readonly stdout: string;
  /** Without empty lines, which `lab record` leaves out. */
  readonly stderr: string;
  /** `null`: the program could not be started. */
  readonly exitCode: number | null;
}

interface RecordedNode {
  readonly name: string;
  readonly podCIDRs: readonly string[];
  readonly internalIP: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly commands: readonly RecordedCommand[];
}

interface Recording {
  readonly flannelVersion: string;
  readonly flannelImage: ImageFlavour;
  readonly backend: Backend;
  readonly layout: Layout;
  /** Each is a fault and its node. */
  readonly faults: readonly string[];
  readonly nodes: readonly RecordedNode[];
}

type JsonRecord = Readonly<Record<string, unknown>>;

function readRecording(file: string): Recording {
  return JSON.parse(readFileSync(new URL(file, DIRECTORY), 'utf8')) as Recording;
}

function recordsOf(stdout: string): JsonRecord[] {
  return JSON.parse(stdout) as JsonRecord[];
}

/** The MAC that the node's link had; the annotation tells it where the link was not recorded. */
function vtepMacOf(node: RecordedNode): string | undefined {
  const links = node.commands.find(({ argv }) => argv.join(' ') === 'ip -j -d link show');
  const records = links?.exitCode === 0 ? recordsOf(links.stdout) : [];
  const link = records.find(({ ifname }) => ifname === 'flannel.1');
  const data = JSON.parse(node.annotations['flannel.alpha.coreos.com/backend-data'] ?? 'null') as {
    VtepMAC: string;
  } | null;
  return (link?.['address'] as string | undefined) ?? data?.VtepMAC;
}

/** The recorded cluster, with a pod on each node so that the CNI plugin made `cni0`, and its faults. */
function simulate(recording: Recording): SimulatedCluster {
  const { flannelVersion, flannelImage, backend, layout } = recording;
  const simulated = cluster({
    flannelVersion,
    image: flannelImage,
    backend,
    layout,
    nodes: recording.nodes.map((node) => {
      const vtepMac = vtepMacOf(node);
      return {
        name: node.name,
        address: node.internalIP,
        podCIDR: node.podCIDRs[0] ?? '',
        ...(vtepMac === undefined ? {} : { vtepMac }),
      };
    }),
    workloads: recording.nodes.map(({ name }) => ({
      namespace: 'lab',
      name: `on-${name}`,
      node: name,
    })),
  });
  for (const fault of recording.faults) {
    const [wanted, node = ''] = fault.split(' ');
    const name = FAULT_NAMES.find((known) => known === wanted);
    if (name === undefined) throw new Error(`the simulation knows no fault ${fault}`);
    simulated.fault(name, node);
  }
  return simulated;
}

/** Values that follow from no option of the cluster; the member must be there all the same. */
const MASKED: Readonly<Record<string, string>> = {
  // History of the machine, see ofComparedLinks.
  ifindex: 'number of the link',
  // cni0 gets a random MAC; its identifiers follow from it.
  bridge_id: 'from the MAC of cni0',
  root_id: 'from the MAC of cni0',
  // Runs all the time.
  gc_timer: 'timer',
};

const CONTAINER_ID = /"[0-9a-f]{64}"/g;

/** The links that flannel or its CNI plugin makes, and lo: of eth0 and veths the machine decides. */
const COMPARED_LINKS = new Set(['lo', 'flannel.1', 'cni0']);

function masked(record: JsonRecord): JsonRecord {
  const random = record['ifname'] === 'cni0';
  return JSON.parse(
    JSON.stringify(record, (key, value: unknown) => {
      if (random && key === 'address') return 'random';
      if (random && key === 'local' && String(value).startsWith('fe80')) return 'from the MAC';
      return MASKED[key] ?? value;
    }),
  ) as JsonRecord;
}

/** What of a listing is held, by command. */
const LISTINGS: Readonly<Record<string, (records: readonly JsonRecord[]) => unknown>> = {
  'ip -j -d link show': ofComparedLinks,
  'ip -j addr show': ofComparedLinks,
  // Who made the default route is no fact of flannel: the lab, or DHCP, or an installer.
  'ip -j -d -4 route show table main': (records) =>
    records.map((route) =>
      route['dst'] === 'default' ? { ...route, protocol: 'of the machine' } : route,
    ),
  // Both tables are walked in the order of a hash that is seeded at the machine's start.
  'ip -j neigh show': (records) => sorted(records.filter(({ dev }) => dev === 'flannel.1')),
  'bridge -j fdb show': (records) => sorted(records.filter(({ ifname }) => ifname === 'flannel.1')),
};

function ofComparedLinks(records: readonly JsonRecord[]): unknown {
  // The order in which links were made, which is that of their numbers, is history of the machine.
  return records
    .filter(({ ifname }) => COMPARED_LINKS.has(String(ifname)))
    .map(masked)
    .sort((a, b) => (String(a['ifname']) < String(b['ifname']) ? -1 : 1));
}

function sorted(records: readonly JsonRecord[]): readonly string[] {
  return records.map((record) => JSON.stringify(record)).sort();
}

/** Text with one entry a line, of which flannel's are held, in the order of their text. */
function flannelLines(stdout: string): readonly string[] {
  return stdout
    .split('\n')
    .filter((line, index) => index === 0 || line.includes('flannel.1'))
    .sort();
}

function held(command: string, stdout: string, exitCode: number | null): unknown {
  const listing = LISTINGS[command];
  // Compared as text: toStrictEqual does not see the order of members.
  if (listing !== undefined && exitCode === 0) {
    return JSON.stringify(listing(recordsOf(stdout)), null, 1);
  }
  return command === 'cat /proc/net/arp' ? flannelLines(stdout) : stdout;
}

interface Answer {
  readonly held: unknown;
  readonly stderr: string;
  readonly exitCode: number | null;
}

function recordedAnswer({ argv, stdout, stderr, exitCode }: RecordedCommand): Answer {
  const text = stderr.replace(
    /^error: (Internal error occurred: )+error executing command in container: /,
    '',
  );
  return {
    held: held(argv.join(' '), stdout, exitCode),
    stderr: text.replace(CONTAINER_ID, '"id"'),
    exitCode,
  };
}

function simulatedAnswer(
  simulated: SimulatedCluster,
  node: string,
  argv: readonly string[],
): Answer {
  const result = simulated.exec({
    namespace: simulated.flannelNamespace,
    pod: simulated.flannelPod(node) ?? '',
    container: 'kube-flannel',
    command: argv,
  });
  if ('failure' in result) {
    const stderr = `${result.message.replace(CONTAINER_ID, '"id"')}\n`;
    return { held: '', stderr, exitCode: null };
  }
  const { stdout, stderr, exitCode } = result;
  const lines = stderr.split('\n').filter((line) => line !== '');
  return {
    held: held(argv.join(' '), stdout, exitCode),
    stderr: lines.map((line) => `${line}\n`).join(''),
    exitCode,
  };
}

const FILES = readdirSync(DIRECTORY).filter((file) => file.endsWith('.json'));

it('finds recordings of the lab', () => {
  expect(FILES.length).toBeGreaterThanOrEqual(7);
});

describe.each(FILES)('%s', (file) => {
  const recording = readRecording(file);
  const simulated = simulate(recording);
  const cases = recording.nodes.flatMap((node) =>
    node.commands.map((command) => ({
      title: `${node.name}: ${command.argv.join(' ')}`,
      node: node.name,
      command,
    })),
  );

  it.each(cases)('answers as recorded on $title', ({ node, command }) => {
    const answer = simulatedAnswer(simulated, node, command.argv);

    expect(answer).toStrictEqual(recordedAnswer(command));
  });

  it.each(recording.nodes)('annotates $name as recorded', ({ name, annotations }) => {
    const metadata = simulated.store.get('nodes', name)?.metadata;

    const own = Object.entries(metadata?.annotations ?? {}).filter(([key]) =>
      key.startsWith('flannel.'),
    );

    expect(Object.fromEntries(own)).toStrictEqual(annotations);
  });
});
