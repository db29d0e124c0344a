// SPDX-License-Identifier: Apache-2.0

// Written by `npm run generate` from the folders of src/remedies: do not edit.

import { anyRemedy, type AnyRemedy } from '#remedies/define-remedy.ts';
import { remedy as reannounceNode } from '#remedies/reannounce-node/remedy.ts';
import { remedy as reprogramEntries } from '#remedies/reprogram-entries/remedy.ts';
import { remedy as restartFlannelPod } from '#remedies/restart-flannel-pod/remedy.ts';

/** Every remedy, sorted by id. */
export const REMEDIES: readonly AnyRemedy[] = [
  anyRemedy(reannounceNode),
  anyRemedy(reprogramEntries),
  anyRemedy(restartFlannelPod),
];
