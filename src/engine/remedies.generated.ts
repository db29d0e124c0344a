// SPDX-License-Identifier: Apache-2.0

// Written by `npm run generate` from the folders of src/remedies: do not edit.

import { anyRemedy, type AnyRemedy } from '#remedies/define-remedy.ts';
import { remedy as reannounceNode } from '#remedies/reannounce-node/remedy.ts';
import { remedy as rebuildLink } from '#remedies/rebuild-link/remedy.ts';
import { remedy as reprogramEntries } from '#remedies/reprogram-entries/remedy.ts';
import { remedy as restartFlannelPod } from '#remedies/restart-flannel-pod/remedy.ts';
import { remedy as restoreSubnetEnv } from '#remedies/restore-subnet-env/remedy.ts';
import { remedy as setFlannelResources } from '#remedies/set-flannel-resources/remedy.ts';
import { remedy as setLinkMtu } from '#remedies/set-link-mtu/remedy.ts';
import { remedy as setSysctl } from '#remedies/set-sysctl/remedy.ts';

/** Every remedy, sorted by id. */
export const REMEDIES: readonly AnyRemedy[] = [
  anyRemedy(reannounceNode),
  anyRemedy(rebuildLink),
  anyRemedy(reprogramEntries),
  anyRemedy(restartFlannelPod),
  anyRemedy(restoreSubnetEnv),
  anyRemedy(setFlannelResources),
  anyRemedy(setLinkMtu),
  anyRemedy(setSysctl),
];
