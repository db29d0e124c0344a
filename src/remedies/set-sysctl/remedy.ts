// SPDX-License-Identifier: Apache-2.0

import type { ManualRemedy, TreatableFinding } from '#model/plan.ts';
import type { NodeObject } from '#model/cluster.ts';
import { nodeNamed } from '#expected/node-objects.ts';
import type { NodeRemedy } from '#remedies/define-remedy.ts';

/** Names and values that a kernel setting may get here: nothing else is ever written into a command. */
const SETTING =
  /^net\.(?:ipv4\.ip_forward|ipv6\.conf\.all\.forwarding|bridge\.bridge-nf-call-ip6?tables)$/;

/** The file that keeps a setting over a restart where there is a usual file system. */
const FILE = '/etc/sysctl.d/90-flannel.conf';

/**
 * Tells how to set a kernel setting that pods' packets need. A container that is not privileged has `/proc/sys`
 * read-only, and flannel's is none (flannel@v0.28.9:Documentation/kube-flannel.yml), so no step can do it.
 */
export const remedy: NodeRemedy<'nodes'> = {
  id: 'set-sysctl',
  title: 'Set a kernel setting of a node',
  scope: 'node',
  risk: 'none',
  disturbance: 'No flow that works now is disturbed.',
  invasiveness: 10,
  byHand: true,
  treats: ['bridge-netfilter-off', 'ip-forward-off', 'reverse-path-filter-strict'],
  needs: { cluster: ['nodes'], node: [] },
  plan: ({ cluster, findings, node }) =>
    findings.map((finding) => {
      const manual = manualFor(finding, node, nodeNamed(cluster.nodes, node)?.object);
      return manual === undefined
        ? {
            kind: 'declined',
            findings: [finding],
            reason: `${finding.finding.object ?? ''} is no setting that is known here.`,
          }
        : { kind: 'manual', findings: [finding], manual };
    }),
};

interface Setting {
  readonly name: string;
  readonly value: 1 | 2;
  /** Kernel module that the setting is a part of. */
  readonly module?: string;
}

function settingOf({ finding: { object = '', messageId } }: TreatableFinding): Setting | undefined {
  const name = object.replace(/^sysctl /, '');
  // The kernel takes the larger one of the link's own value and that for all links: loose for all is loose for this.
  if (name.endsWith('.rp_filter')) return { name: 'net.ipv4.conf.all.rp_filter', value: 2 };
  if (!SETTING.test(name)) return undefined;
  return { name, value: 1, ...(messageId === 'missing' && { module: 'br_netfilter' }) };
}

function manualFor(
  finding: TreatableFinding,
  node: string,
  object: NodeObject | undefined,
): ManualRemedy | undefined {
  const setting = settingOf(finding);
  if (setting === undefined) return undefined;
  const { name, value } = setting;
  const title = `Set ${name} to ${String(value)} on ${node}`;
  const file = `/proc/sys/${name.replaceAll('.', '/')}`;
  return /^talos\b/i.test(object?.osImage ?? '')
    ? {
        title,
        where: `in a file sysctl.yaml, as a patch of the Talos machine config of ${node}; it takes effect without a restart`,
        lines: talosLines(setting, object),
        verify: [`talosctl -n ${addressOf(object)} read ${file}`, VERIFY],
      }
    : {
        title,
        where: `as root on ${node}`,
        lines: shellLines(setting),
        verify: [`cat ${file}`, VERIFY],
      };
}

const VERIFY = 'selvage check';

function shellLines({ name, value, module }: Setting): readonly string[] {
  const assignment = `${name} = ${String(value)}`;
  return [
    ...(module === undefined
      ? []
      : [`modprobe ${module}`, `echo ${module} > /etc/modules-load.d/90-flannel.conf`]),
    `sysctl -w ${name}=${String(value)}`,
    `echo '${assignment}' >> ${FILE}`,
  ];
}

function talosLines(
  { name, value, module }: Setting,
  object: NodeObject | undefined,
): readonly string[] {
  return [
    'machine:',
    ...(module === undefined ? [] : ['  kernel:', '    modules:', `      - name: ${module}`]),
    '  sysctls:',
    `    ${name}: "${String(value)}"`,
    '# then:',
    `# talosctl -n ${addressOf(object)} patch machineconfig --mode no-reboot --patch @sysctl.yaml`,
  ];
}

/** Text of the cluster, so only what an address is made of; a placeholder where it has none. */
function addressOf(object: NodeObject | undefined): string {
  const [address = ''] = object?.internalIPs ?? [];
  return /^[0-9a-fA-F.:]+$/.test(address) ? address : 'NODE';
}
