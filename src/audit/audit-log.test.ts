// SPDX-License-Identifier: Apache-2.0

import { appendFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { AuditLog, auditFile, newRunId, readAudit } from './audit-log.ts';
import type { IntentRecord, OutcomeRecord } from './audit-record.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'selvage-audit-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

function intent(id: string, more: Partial<IntentRecord> = {}): IntentRecord {
  return {
    v: 1,
    event: 'intent',
    id,
    run: 'run',
    at: '2026-11-24T12:00:00.000Z',
    who: { user: 'alice', from: 'alice@desk' },
    cluster: { uid: 'u', context: 'c', server: 's:6443' },
    namespace: 'kube-flannel',
    remedy: 'reprogram-entries',
    why: [],
    step: {
      kind: 'write-route',
      node: 'node2',
      object: 'route 10.244.3.0/24',
      title: 'add it',
      family: 4,
      dst: '10.244.3.0/24',
      before: [],
      after: [],
    },
    before: [],
    ...more,
  };
}

function outcome(id: string): OutcomeRecord {
  return { v: 1, event: 'outcome', id, at: '', outcome: 'applied', after: [] };
}

describe('auditFile', () => {
  it('lies below XDG_STATE_HOME, else below the home folder', () => {
    const cluster = { uid: 'abc-1', server: 's:6443' };

    expect(auditFile({ XDG_STATE_HOME: '/state', HOME: '/home/x' }, cluster)).toBe(
      '/state/selvage/audit/abc-1.jsonl',
    );
    expect(auditFile({ XDG_STATE_HOME: 'relative', HOME: '/home/x' }, cluster)).toBe(
      '/home/x/.local/state/selvage/audit/abc-1.jsonl',
    );
  });

  it.each([undefined, '../../etc/passwd', ''])(
    'is named after the server for the UID %j',
    (uid) => {
      const cluster = { server: 's:6443', ...(uid !== undefined && { uid }) };

      expect(auditFile({ HOME: '/h' }, cluster)).toMatch(/\/audit\/server-[0-9a-f]{16}\.jsonl$/);
    },
  );
});

describe('an audit', () => {
  it('gives back what was appended, put together by change, readable by its owner only', async () => {
    const file = join(folder, 'a', 'b.jsonl');
    const log = await AuditLog.open(file);
    await log.append(intent('run.1'));
    await log.append(outcome('run.1'));
    await log.append(intent('run.2', { undoes: 'run.1' }));
    await log.append(outcome('run.2'));
    await log.close();

    const { entries, unreadable } = await readAudit(file);

    expect(unreadable).toBe(0);
    expect(entries.map(({ intent: { id }, undoneBy }) => [id, undoneBy])).toEqual([
      ['run.1', 'run.2'],
      ['run.2', undefined],
    ]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('survives a last line that was cut off, and goes on behind it', async () => {
    const file = join(folder, 'b.jsonl');
    const first = await AuditLog.open(file);
    await first.append(intent('run.1'));
    await first.close();
    await appendFile(file, JSON.stringify(outcome('run.1')).slice(0, 40));

    const torn = await readAudit(file);
    const second = await AuditLog.open(file);
    await second.append(intent('run.2'));
    await second.close();
    const whole = await readAudit(file);

    expect(torn.unreadable).toBe(1);
    expect(torn.entries.map(({ outcome: end }) => end)).toEqual([undefined]);
    expect(whole.entries.map(({ intent: { id } }) => id)).toEqual(['run.1', 'run.2']);
    expect(await readFile(file, 'utf8')).toMatch(/\n$/);
  });

  it('is empty where there is none', async () => {
    expect(await readAudit(join(folder, 'none'))).toEqual({ entries: [], unreadable: 0 });
  });
});

describe('newRunId', () => {
  it('sorts by time and is one word', () => {
    expect(newRunId(new Date('2026-11-24T19:05:12.345Z'))).toMatch(
      /^20261124T190512Z-[0-9a-f]{4}$/,
    );
  });
});
