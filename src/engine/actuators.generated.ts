// SPDX-License-Identifier: Apache-2.0

// Written by `npm run generate` from the files of src/actuators: do not edit.

import { anyActuator, type AnyActuator } from '#actuators/define-actuator.ts';
import { actuator as applyManifest } from '#actuators/apply-manifest.ts';
import { actuator as cordonNode } from '#actuators/cordon-node.ts';
import { actuator as deleteLink } from '#actuators/delete-link.ts';
import { actuator as patchDaemonset } from '#actuators/patch-daemonset.ts';
import { actuator as patchDeployment } from '#actuators/patch-deployment.ts';
import { actuator as patchNodeAnnotation } from '#actuators/patch-node-annotation.ts';
import { actuator as restartPod } from '#actuators/restart-pod.ts';
import { actuator as writeFdbEntry } from '#actuators/write-fdb-entry.ts';
import { actuator as writeFile } from '#actuators/write-file.ts';
import { actuator as writeLinkMtu } from '#actuators/write-link-mtu.ts';
import { actuator as writeNeighbour } from '#actuators/write-neighbour.ts';
import { actuator as writeRoute } from '#actuators/write-route.ts';

/** The actuator of every kind of step, sorted by kind. */
export const ACTUATORS: readonly AnyActuator[] = [
  anyActuator(applyManifest),
  anyActuator(cordonNode),
  anyActuator(deleteLink),
  anyActuator(patchDaemonset),
  anyActuator(patchDeployment),
  anyActuator(patchNodeAnnotation),
  anyActuator(restartPod),
  anyActuator(writeFdbEntry),
  anyActuator(writeFile),
  anyActuator(writeLinkMtu),
  anyActuator(writeNeighbour),
  anyActuator(writeRoute),
];
