// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { oomKill } from './oom-kill.ts';

const KILL = { reason: 'OOMKilled', exitCode: 137 };

describe('a kill for lack of memory', () => {
  it('is found in the last end of a container and in the one before', () => {
    expect(oomKill({ terminated: KILL })).toBe(KILL);
    expect(oomKill({ lastTerminated: KILL })).toBe(KILL);
  });

  it('is no other kill with the same exit code', () => {
    expect(oomKill({ lastTerminated: { reason: 'Error', exitCode: 137 } })).toBeUndefined();
  });
});
