// SPDX-License-Identifier: Apache-2.0

import type { LogLineId } from '#model/flannel-log.ts';

/**
 * What tells each kind of line of flanneld's log, without klog's head. The first that fits is taken. From
 * flannel@v0.28.9: main.go, pkg/subnet/kube/kube.go, pkg/backend; the reflector's lines
 * are of client-go (tools/cache/reflector.go).
 */
export const LINE_PATTERNS: Readonly<Record<LogLineId, RegExp>> = {
  running: /^Running backend\./,
  'api-forbidden': /^Failed to create SubnetManager: .*(?:forbidden|Unauthorized)/,
  'api-certificate': /^Failed to create SubnetManager: .*x509: /,
  'api-unreachable':
    /^Failed to create SubnetManager: .*dial tcp .*(?:i\/o timeout|connection refused|no route to host)/,
  'net-conf-unreadable': /failed to read net conf|error parsing subnet config: /,
  'nodes-not-synced': /error waiting for nodeController to sync state: /,
  'br-netfilter-missing': /^Failed to check br_netfilter: /,
  'interface-not-found':
    /^Failed to find (?:any valid interface to use|interface to use that matches)|unable to find default route/,
  'pod-cidr-not-assigned': /pod cidr not assigned/,
  'pod-cidr-outside-network': /specified in the flannel net config doesn't contain/,
  'families-differ':
    /pod cidrs should be IPv4\/IPv6 only or dualstack|is enabled but the lease has no IPv|missing IPv[46] address on n\.Spec\.PodCIDRs/,
  'annotations-refused': /timeout contacting kube-api, failed to patch node/,
  'vxlan-taken': /failed to create vxlan device: .*(?:file exists|address already in use)/,
  'kernel-refused':
    /^Error registering network: .*operation not (?:permitted|supported)|could not create wireguard interface: .*not supported/,
  'mac-changed': /mac address wanted: .*, but got: /,
  'backend-unknown': /unknown backend type|no valid Mode configured/,
  'health-port-taken': /Start healthz server error.*address already in use/,
  'rules-tool-missing': /iptables binary was not found|no nftables support/,
  'link-loss-panic': /runtime error: index out of range \[0\] with length 0/,
  'watch-failing': /Failed to (?:list|watch) \*v1\.Node: |failed to list \*v1\.Node: /,
  'rules-failing': /^Failed to (?:ensure|setup|bootstrap) iptables rules: /i,
  'rules-fought-over': /^Some iptables rules are missing; deleting and recreating rules/,
};
