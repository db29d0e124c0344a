// SPDX-License-Identifier: Apache-2.0

import type { AlertThresholds } from './define-alert.ts';

const HOUR = 3600;
const MEBIBYTE = 1024 * 1024;

/** What is told of when nobody says otherwise. The guide gives the reason of each. */
export const DEFAULT_THRESHOLDS: AlertThresholds = {
  memoryRatio: 0.8,
  restarts: 3,
  restartWindowSeconds: HOUR,
  growthWindowSeconds: 24 * HOUR,
  growthAheadSeconds: 72 * HOUR,
  flannelMemoryBytes: 200 * MEBIBYTE,
  dnsFailureRatio: 0.05,
  nodeNotReadySeconds: 300,
};
