// SPDX-License-Identifier: Apache-2.0

// Written by `npm run generate` from the folders of src/alerts: do not edit.

import type { Alert } from './define-alert.ts';
import { alert as containerMemoryGrowing } from './container-memory-growing/alert.ts';
import { alert as containerMemoryNearLimit } from './container-memory-near-limit/alert.ts';
import { alert as containerOomKilled } from './container-oom-killed/alert.ts';
import { alert as containerRestarting } from './container-restarting/alert.ts';
import { alert as corednsDown } from './coredns-down/alert.ts';
import { alert as corednsFailing } from './coredns-failing/alert.ts';
import { alert as flannelMemoryHigh } from './flannel-memory-high/alert.ts';
import { alert as flannelPodMissing } from './flannel-pod-missing/alert.ts';
import { alert as flannelRestarted } from './flannel-restarted/alert.ts';
import { alert as metricsMissing } from './metrics-missing/alert.ts';
import { alert as nodeNotReady } from './node-not-ready/alert.ts';
import { alert as selvageFindingsOpen } from './selvage-findings-open/alert.ts';
import { alert as selvagePairsBroken } from './selvage-pairs-broken/alert.ts';

/** Every alert, sorted by id. */
export const ALERTS: readonly Alert[] = [
  containerMemoryGrowing,
  containerMemoryNearLimit,
  containerOomKilled,
  containerRestarting,
  corednsDown,
  corednsFailing,
  flannelMemoryHigh,
  flannelPodMissing,
  flannelRestarted,
  metricsMissing,
  nodeNotReady,
  selvageFindingsOpen,
  selvagePairsBroken,
];
