// SPDX-License-Identifier: Apache-2.0

import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';

import { capturedIo } from '../../../../testkit/captured-io.ts';
import { runDemo } from './run-demo.ts';

function demoFolders(): readonly string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('selvage-demo-'));
}

describe('the demo', () => {
  it('shows a healthy cluster, the incident with what kubectl says of it, and the recovery', async () => {
    const io = capturedIo();

    const exitCode = await runDemo({ color: true }, io);

    const [healthy = '', incident = '', found = '', mended = ''] = io.stdout
      .text()
      .split(/^\d\. .*$/mu)
      .slice(1);
    expect(exitCode).toBe(0);
    expect(healthy).toContain('✓ 6 of 6 node pairs');
    expect(incident).toMatch(/mac-mini-2 +Ready/u);
    expect(incident).toMatch(/kube-flannel-\S+ +1\/1 +Running/u);
    expect(incident).not.toMatch(/NotReady|CrashLoop|Error/u);
    expect(found).toContain('cannot reach pods on mac-mini-1 and mac-mini-3');
    expect(mended).toContain('✓ 6 of 6 node pairs');
  });

  it('leaves no file behind', async () => {
    const before = demoFolders();

    await runDemo({ color: true }, capturedIo());

    expect(demoFolders()).toEqual(before);
  });
});
