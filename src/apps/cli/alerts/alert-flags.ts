// SPDX-License-Identifier: Apache-2.0

/** The forms of `selvage alerts -o`. */
export const ALERT_FORMATS = [
  'table',
  'prometheus-rule',
  'rules',
  'alertmanager',
  'grafana',
] as const;

/** What `selvage alerts` was asked for. Times in milliseconds; absent values are the defaults. */
export interface AlertFlags {
  readonly output: (typeof ALERT_FORMATS)[number];
  readonly color: boolean;
  readonly memoryThreshold?: number;
  readonly restartThreshold?: number;
  readonly restartWindow?: number;
  readonly growthWindow?: number;
  readonly growthAhead?: number;
  readonly flannelMemory?: number;
  readonly dnsThreshold?: number;
  readonly nodeNotReady?: number;
  readonly flannelDaemonset?: readonly string[];
  readonly namespace?: string;
  readonly label?: Readonly<Record<string, string>>;
  readonly runbookBase?: string;
  readonly receiverUrl?: string;
}
