// SPDX-License-Identifier: Apache-2.0

import type { Alert, AlertThresholds } from '#alerts/define-alert.ts';

/** What the files of alerts are made of. */
export interface AlertOptions {
  readonly alerts: readonly Alert[];
  readonly thresholds: AlertThresholds;
  /** Address or path of the folder that holds a folder for each alert with its page; without a slash at its end. */
  readonly runbookBase: string;
}
