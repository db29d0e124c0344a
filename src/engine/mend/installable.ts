// SPDX-License-Identifier: Apache-2.0

// What flags of `selvage install` say by default, and what they may say. It loads nothing that reads or writes.

export { METRICS_SERVER_IMAGE } from '#remedies/install-metrics-server/remedy.ts';
export { KUBECTL_IMAGE } from '#remedies/scheduled-restart/remedy.ts';
export { isTimeZoneName, scheduleRefusal, WEEKLY } from '#remedies/scheduled-restart/schedule.ts';
