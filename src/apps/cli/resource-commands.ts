// SPDX-License-Identifier: Apache-2.0

import type { Command } from 'commander';

import { addAlerts } from './alerts/alerts-command.ts';
import { addDocument } from './document/document-command.ts';
import { addHealth } from './health/health-command.ts';
import type { Io } from './io.ts';
import { addTrend } from './trend/trend-command.ts';
import { addLimits } from './limits/limits-command.ts';
import { addOom } from './oom/oom-command.ts';
import { addRecommend } from './recommend/recommend-command.ts';
import { addRecord } from './record/record-command.ts';
import { addTop } from './top/top-command.ts';
import { addPod } from './pod/pod-command.ts';

/** Adds the commands about what containers use and lack, over time too. */
export function addResourceCommands(
  program: Command,
  io: Io,
  finish: (exitCode: number) => void,
): void {
  addTop(program, io, finish);
  addLimits(program, io, finish);
  addRecommend(program, io, finish);
  addDocument(program, io, finish);
  addHealth(program, io, finish);
  addAlerts(program, io, finish);
  addOom(program, io, finish);
  addRecord(program, io, finish);
  addTrend(program, io, finish);
  addPod(program, io, finish);
}
