// SPDX-License-Identifier: Apache-2.0

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type FaultCase, faultCases } from '../fault-cases.ts';
import { lab, tryLab, waitUntil } from '../lab-command.ts';
import { runCommand } from '../run-command.ts';
import { adminKubeconfig, type CheckRun, SELVAGE, selvageCheck } from '../selvage-command.ts';
import { type Manual, selvagePlan } from './fix-command.ts';
import { clusterText, flannelPods } from './kernel-text.ts';

const isWhole = process.env['LAB_MENDING'] === 'all';

/** A fault that Selvage cannot mend, and the hands of whoever does what it says. */
interface ByHandCase {
  readonly name: string;
  /** Follows what is told. */
  readonly follow: (manuals: readonly Manual[]) => Promise<void>;
  readonly inCi: boolean;
}

/** The lab's nodes have no sudo and no systemd; root and the kubelet's keeper are there. */
const HANDS = [
  'sudo() { "$@"; }',
  'systemctl() { if [ "$1" = restart ]; then pkill -x "$2"; fi; }',
].join('\n');

/** Runs lines in a node as they are printed; what they print is returned. */
async function runOn(node: string, lines: readonly string[]): Promise<string> {
  const { stdout, stderr, exitCode } = await tryLab(
    'exec',
    node,
    '--',
    'bash',
    '-c',
    [HANDS, ...lines].join('\n'),
  );
  if (exitCode > 1) throw new Error(`${lines.join('\n')}\n${stdout}${stderr}`);
  return stdout;
}

/** Runs lines where kubectl and selvage work, as they are printed. */
async function runHere(lines: readonly string[]): Promise<void> {
  const program = [
    `export KUBECONFIG=${await adminKubeconfig()}`,
    `kubectl() { lab/lab kubectl "$@"; }`,
    `selvage() { '${process.execPath}' ${SELVAGE} "$@" --yes; }`,
    'set -e',
    ...lines,
  ];
  const { exitCode, stdout, stderr } = await runCommand(
    'bash',
    ['-c', program.join('\n')],
    240_000,
  );
  if (exitCode !== 0) throw new Error(`${lines.join('\n')}\n${stdout}${stderr}`);
}

function only(manuals: readonly Manual[]): Manual {
  const different = new Map(manuals.map((manual) => [JSON.stringify(manual.lines), manual]));
  const [manual] = different.values();
  if (manual === undefined || different.size !== 1) {
    throw new Error(`one remedy by hand: ${JSON.stringify(manuals)}`);
  }
  return manual;
}

/** The lines that list what to run, then what they list. */
async function deletePacketRules(manuals: readonly Manual[]): Promise<void> {
  const { lines } = only(manuals);
  const printed = await runOn('node2', lines);
  await runOn('node2', printed.split('\n'));
}

const DONE_ON_NODE2 = async (manuals: readonly Manual[]): Promise<void> => {
  const { lines, where } = only(manuals);
  expect(where).toContain('node2');
  await runOn('node2', lines);
};

/** Measures as told, and raises the MTU of the lab's network port, which is what the lab's network is made of. */
async function raiseMtu(manuals: readonly Manual[]): Promise<void> {
  const lines = manuals[0]?.lines ?? [];
  const text = lines.join('\n');
  const measure = lines.find((line) => line.startsWith('for s in')) ?? 'false';
  const [, from = ''] = /run on (node\d):/.exec(text) ?? [];
  expect(await runOn(from, [measure])).toContain('MTU 1400');
  const wanted = /raise the MTU of the network .* to (\d+)/.exec(text);
  await runCommand('ip', ['link', 'set', 'lv2', 'mtu', wanted?.[1] ?? ''], 10_000);
}

/** The lab's kubelets do not register, and it has no allocator of ranges: a Node as both would make it. */
function registered(name: string): readonly string[] {
  const podCIDR = `10.244.${name.replace('node', '')}.0/24`;
  const node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' },
      annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
    },
    spec: { podCIDR, podCIDRs: [podCIDR] },
  };
  return [`kubectl create -f - <<'EOF'\n${JSON.stringify(node)}\nEOF`];
}

/** Runs each line where the comment before it says. */
async function makeNodeAnew(manuals: readonly Manual[]): Promise<void> {
  const { lines } = only(manuals);
  let node: string | undefined;
  for (const line of lines) {
    const place = /^# on (node\d):/.exec(line);
    if (line.startsWith('#')) node = place?.[1];
    else if (node === undefined) await runHere([line]);
    else await runOn(node, [line]);
    if (node !== undefined && line.includes('systemctl restart')) await runHere(registered(node));
  }
}

const CASES: readonly ByHandCase[] = [
  { name: 'udp-block', follow: deletePacketRules, inCi: false },
  { name: 'loss', follow: deletePacketRules, inCi: false },
  { name: 'forward-drop', follow: DONE_ON_NODE2, inCi: true },
  { name: 'ip-forward-0', follow: DONE_ON_NODE2, inCi: false },
  { name: 'mtu-blackhole', follow: raiseMtu, inCi: false },
  { name: 'duplicate-podcidr', follow: makeNodeAnew, inCi: false },
];

function faultOf(name: string): FaultCase {
  const found = faultCases('vxlan').find(({ faults }) => faults[0]?.[0] === name);
  if (found === undefined) throw new Error(`the lab has no fault ${name}`);
  return found;
}

describe.each(CASES.filter(({ inCi }) => isWhole || inCi))(
  'fault $name, which only hands can mend',
  ({ name, follow }) => {
    let before: readonly string[];
    let after: readonly string[];
    let stages: readonly unknown[];
    let manuals: readonly Manual[];
    let check: CheckRun;

    beforeAll(async () => {
      const fault = faultOf(name);
      const since = new Date();
      for (const words of fault.faults) await lab('fault', ...words);
      await fault.settled?.(since);
      before = [...(await clusterText()), ...(await flannelPods())];
      const plan = await selvagePlan('--yes');
      stages = plan.stages;
      after = [...(await clusterText()), ...(await flannelPods())];
      manuals = plan.untreated.flatMap(({ manual }) => manual ?? []);
      await follow(manuals);
      await waitUntil('pings between all pods', 60_000, async () => {
        const { exitCode } = await tryLab('check');
        return exitCode === 0;
      });
      check = await selvageCheck();
    });

    afterAll(async () => {
      await lab('heal');
    });

    it('is told with commands and how to verify, and nothing is changed', () => {
      expect(stages).toEqual([]);
      expect(after).toEqual(before);
      expect(manuals.length).toBeGreaterThan(0);
      expect(manuals.every(({ verify }) => verify.length > 0)).toBe(true);
    });

    it('is healed by doing what is told, to the letter', () => {
      expect(check.findings).toEqual([]);
      expect(check.exitCode).toBe(0);
    });
  },
);
