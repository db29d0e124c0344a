// SPDX-License-Identifier: Apache-2.0

import { readMeasurements } from '#engine/read-measurements.ts';

import { connectOptions } from '../check/live-services.ts';
import type { Io } from '../io.ts';
import type { RecordServices } from './run-record.ts';

/** Measurements of a real cluster, with the kubeconfig that the environment names. */
export function liveMeasurements(env: Io['env']): RecordServices {
  return {
    read: (connection, signal) => readMeasurements({ ...connectOptions(connection), env }, signal),
  };
}
