// SPDX-License-Identifier: Apache-2.0

// cspell:ignore jnit

import { describe, expect, it } from 'vitest';

import { capturedIo } from '../../../../testkit/captured-io.ts';
import { healthyCluster } from '../../../../testkit/snapshot-builder.ts';
import { OUTPUT_FORMATS, outputFormat } from './output-formats.ts';
import { runCheck } from './run-check.ts';

const broken = healthyCluster()
  .changeKernel('node2', 'routes', (routes) => routes.filter(({ link }) => link !== 'flannel.1'))
  .build();
const BEGINNINGS = {
  table: /^✗ 2 of 6 node pairs are broken/u,
  wide: /^✗ 2 of 6 node pairs are broken[^]*\n {2}2 node2 ✗ - ✗\n/u,
  short: /^critical route-missing node\/node2->node1 /u,
  json: /^\{\n {2}"schemaVersion": 1,/u,
  yaml: /^schemaVersion: 1\n/u,
  junit: /^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuites /u,
  sarif: /^\{\n "\$schema": "https:[^]*"markdown": "# route-missing/u,
  markdown: /^# ❌ 2 of 6 node pairs are broken/u,
  html: /^<!doctype html>[^]*Why it matters, how to confirm and mend it/u,
} as const;

describe('-o', () => {
  it.each(OUTPUT_FORMATS)(
    '%s writes that form, alone, and the exit code is the same',
    async (output) => {
      const io = capturedIo();

      const exitCode = await runCheck({ output, failOn: 'warning', color: true }, io, {
        collect: () => Promise.resolve(broken),
      });

      expect(io.stdout.text()).toMatch(BEGINNINGS[output]);
      expect(io.stderr.text()).toBe('');
      expect(exitCode).toBe(1);
    },
  );

  it('says which form was probably meant', () => {
    expect(() => outputFormat('jnit')).toThrow('Did you mean junit?');
  });
});
