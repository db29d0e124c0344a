// SPDX-License-Identifier: Apache-2.0

// Written by `npm run generate` from the folders of src/remedies: do not edit.

import { anyRemedy, type AnyRemedy } from '#remedies/define-remedy.ts';
import { remedy as acceptForwardedPods } from '#remedies/accept-forwarded-pods/remedy.ts';
import { remedy as fitPathMtu } from '#remedies/fit-path-mtu/remedy.ts';
import { remedy as giveOwnPodRange } from '#remedies/give-own-pod-range/remedy.ts';
import { remedy as openVxlanPort } from '#remedies/open-vxlan-port/remedy.ts';
import { remedy as reannounceNode } from '#remedies/reannounce-node/remedy.ts';
import { remedy as rebuildLink } from '#remedies/rebuild-link/remedy.ts';
import { remedy as reprogramEntries } from '#remedies/reprogram-entries/remedy.ts';
import { remedy as restartCoredns } from '#remedies/restart-coredns/remedy.ts';
import { remedy as restartFlannelPod } from '#remedies/restart-flannel-pod/remedy.ts';
import { remedy as restoreSubnetEnv } from '#remedies/restore-subnet-env/remedy.ts';
import { remedy as reviveNode } from '#remedies/revive-node/remedy.ts';
import { remedy as setAsideCniConfig } from '#remedies/set-aside-cni-config/remedy.ts';
import { remedy as setFlannelResources } from '#remedies/set-flannel-resources/remedy.ts';
import { remedy as setLinkMtu } from '#remedies/set-link-mtu/remedy.ts';
import { remedy as setPublicIp } from '#remedies/set-public-ip/remedy.ts';
import { remedy as setSysctl } from '#remedies/set-sysctl/remedy.ts';
import { remedy as spreadCoredns } from '#remedies/spread-coredns/remedy.ts';
import { remedy as traceUnderlay } from '#remedies/trace-underlay/remedy.ts';

/** Every remedy, sorted by id. */
export const REMEDIES: readonly AnyRemedy[] = [
  anyRemedy(acceptForwardedPods),
  anyRemedy(fitPathMtu),
  anyRemedy(giveOwnPodRange),
  anyRemedy(openVxlanPort),
  anyRemedy(reannounceNode),
  anyRemedy(rebuildLink),
  anyRemedy(reprogramEntries),
  anyRemedy(restartCoredns),
  anyRemedy(restartFlannelPod),
  anyRemedy(restoreSubnetEnv),
  anyRemedy(reviveNode),
  anyRemedy(setAsideCniConfig),
  anyRemedy(setFlannelResources),
  anyRemedy(setLinkMtu),
  anyRemedy(setPublicIp),
  anyRemedy(setSysctl),
  anyRemedy(spreadCoredns),
  anyRemedy(traceUnderlay),
];
