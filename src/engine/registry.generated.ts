// SPDX-License-Identifier: Apache-2.0

// Written by `npm run generate` from the folders of src/checks: do not edit.

import { anyCheck, type AnyCheck } from '#checks/define-check.ts';
import { check as apiAccessLimited } from '#checks/api-access-limited/check.ts';
import { check as backendMixed } from '#checks/backend-mixed/check.ts';
import { check as bridgeNetfilterOff } from '#checks/bridge-netfilter-off/check.ts';
import { check as checksumOffloadSuspect } from '#checks/checksum-offload-suspect/check.ts';
import { check as cniBridgeWrong } from '#checks/cni-bridge-wrong/check.ts';
import { check as cniConfigForeign } from '#checks/cni-config-foreign/check.ts';
import { check as conntrackNearlyFull } from '#checks/conntrack-nearly-full/check.ts';
import { check as corednsOnOneNode } from '#checks/coredns-on-one-node/check.ts';
import { check as corednsUnavailable } from '#checks/coredns-unavailable/check.ts';
import { check as dnsQueryFailing } from '#checks/dns-query-failing/check.ts';
import { check as fdbEntryMissing } from '#checks/fdb-entry-missing/check.ts';
import { check as fdbEntryStale } from '#checks/fdb-entry-stale/check.ts';
import { check as fdbEntryWrong } from '#checks/fdb-entry-wrong/check.ts';
import { check as flannelLogErrors } from '#checks/flannel-log-errors/check.ts';
import { check as flannelOomKilled } from '#checks/flannel-oom-killed/check.ts';
import { check as flannelPodMissing } from '#checks/flannel-pod-missing/check.ts';
import { check as flannelPodNotReady } from '#checks/flannel-pod-not-ready/check.ts';
import { check as flannelRestarting } from '#checks/flannel-restarting/check.ts';
import { check as flannelStalled } from '#checks/flannel-stalled/check.ts';
import { check as forwardDropped } from '#checks/forward-dropped/check.ts';
import { check as ipForwardOff } from '#checks/ip-forward-off/check.ts';
import { check as iptablesMixed } from '#checks/iptables-mixed/check.ts';
import { check as kubeProxyUnhealthy } from '#checks/kube-proxy-unhealthy/check.ts';
import { check as linkAddressWrong } from '#checks/link-address-wrong/check.ts';
import { check as linkDown } from '#checks/link-down/check.ts';
import { check as linkMissing } from '#checks/link-missing/check.ts';
import { check as linkMtuWrong } from '#checks/link-mtu-wrong/check.ts';
import { check as linkParametersWrong } from '#checks/link-parameters-wrong/check.ts';
import { check as masqueradeRuleMissing } from '#checks/masquerade-rule-missing/check.ts';
import { check as neighbourMissing } from '#checks/neighbour-missing/check.ts';
import { check as neighbourStale } from '#checks/neighbour-stale/check.ts';
import { check as neighbourWrong } from '#checks/neighbour-wrong/check.ts';
import { check as netConfDrift } from '#checks/net-conf-drift/check.ts';
import { check as nodeNotReady } from '#checks/node-not-ready/check.ts';
import { check as nodePressure } from '#checks/node-pressure/check.ts';
import { check as overlayUnreachable } from '#checks/overlay-unreachable/check.ts';
import { check as packetLoss } from '#checks/packet-loss/check.ts';
import { check as pathMtuTooSmall } from '#checks/path-mtu-too-small/check.ts';
import { check as podCidrDuplicate } from '#checks/pod-cidr-duplicate/check.ts';
import { check as podCidrMissing } from '#checks/pod-cidr-missing/check.ts';
import { check as podCidrOutsideNetwork } from '#checks/pod-cidr-outside-network/check.ts';
import { check as podIpOutsidePodCidr } from '#checks/pod-ip-outside-pod-cidr/check.ts';
import { check as publicIpDuplicate } from '#checks/public-ip-duplicate/check.ts';
import { check as publicIpMismatch } from '#checks/public-ip-mismatch/check.ts';
import { check as reversePathFilterStrict } from '#checks/reverse-path-filter-strict/check.ts';
import { check as routeMissing } from '#checks/route-missing/check.ts';
import { check as routeShadowed } from '#checks/route-shadowed/check.ts';
import { check as routeStale } from '#checks/route-stale/check.ts';
import { check as routeWrong } from '#checks/route-wrong/check.ts';
import { check as subnetEnvMismatch } from '#checks/subnet-env-mismatch/check.ts';
import { check as subnetEnvMissing } from '#checks/subnet-env-missing/check.ts';
import { check as subnetLeaseMissing } from '#checks/subnet-lease-missing/check.ts';
import { check as underlayUnreachable } from '#checks/underlay-unreachable/check.ts';
import { check as vtepMacDuplicate } from '#checks/vtep-mac-duplicate/check.ts';
import { check as vtepMacMismatch } from '#checks/vtep-mac-mismatch/check.ts';

/** Every check, sorted by id. */
export const CHECKS: readonly AnyCheck[] = [
  anyCheck(apiAccessLimited),
  anyCheck(backendMixed),
  anyCheck(bridgeNetfilterOff),
  anyCheck(checksumOffloadSuspect),
  anyCheck(cniBridgeWrong),
  anyCheck(cniConfigForeign),
  anyCheck(conntrackNearlyFull),
  anyCheck(corednsOnOneNode),
  anyCheck(corednsUnavailable),
  anyCheck(dnsQueryFailing),
  anyCheck(fdbEntryMissing),
  anyCheck(fdbEntryStale),
  anyCheck(fdbEntryWrong),
  anyCheck(flannelLogErrors),
  anyCheck(flannelOomKilled),
  anyCheck(flannelPodMissing),
  anyCheck(flannelPodNotReady),
  anyCheck(flannelRestarting),
  anyCheck(flannelStalled),
  anyCheck(forwardDropped),
  anyCheck(ipForwardOff),
  anyCheck(iptablesMixed),
  anyCheck(kubeProxyUnhealthy),
  anyCheck(linkAddressWrong),
  anyCheck(linkDown),
  anyCheck(linkMissing),
  anyCheck(linkMtuWrong),
  anyCheck(linkParametersWrong),
  anyCheck(masqueradeRuleMissing),
  anyCheck(neighbourMissing),
  anyCheck(neighbourStale),
  anyCheck(neighbourWrong),
  anyCheck(netConfDrift),
  anyCheck(nodeNotReady),
  anyCheck(nodePressure),
  anyCheck(overlayUnreachable),
  anyCheck(packetLoss),
  anyCheck(pathMtuTooSmall),
  anyCheck(podCidrDuplicate),
  anyCheck(podCidrMissing),
  anyCheck(podCidrOutsideNetwork),
  anyCheck(podIpOutsidePodCidr),
  anyCheck(publicIpDuplicate),
  anyCheck(publicIpMismatch),
  anyCheck(reversePathFilterStrict),
  anyCheck(routeMissing),
  anyCheck(routeShadowed),
  anyCheck(routeStale),
  anyCheck(routeWrong),
  anyCheck(subnetEnvMismatch),
  anyCheck(subnetEnvMissing),
  anyCheck(subnetLeaseMissing),
  anyCheck(underlayUnreachable),
  anyCheck(vtepMacDuplicate),
  anyCheck(vtepMacMismatch),
];
