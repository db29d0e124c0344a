// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ObjectStore, StoreConflict, type KubernetesObject, type ObjectMeta } from './store.ts';

function node(name: string, extra: Partial<ObjectMeta> = {}, spec: unknown = {}): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, ...extra }, spec };
}

/** The reason for which the store refuses an action; undefined when it does not. */
function refusalOf(action: () => unknown): unknown {
  try {
    action();
    return undefined;
  } catch (error) {
    return error instanceof StoreConflict ? error.reason : error;
  }
}

describe('ObjectStore', () => {
  it('assigns identity, time and version on create', () => {
    const store = new ObjectStore({ now: () => new Date('2026-01-02T03:04:05.678Z') });

    const created = store.create('nodes', node('w1'));

    expect(created.metadata).toMatchObject({
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: '2026-01-02T03:04:05Z',
    });
    expect(created.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('refuses a name that is taken', () => {
    const store = new ObjectStore();
    store.create('nodes', node('w1'));

    const create = (): unknown => store.create('nodes', node('w1'));

    expect(refusalOf(create)).toBe('AlreadyExists');
  });

  it('refuses an update that expects another version', () => {
    const store = new ObjectStore();
    store.create('nodes', node('w1'));

    const update = (): unknown =>
      store.update('nodes', node('w1', { labels: { a: 'b' } }), { expectResourceVersion: '9' });

    expect(refusalOf(update)).toBe('Conflict');
  });

  it('keeps the version and tells nobody when an update changes nothing', () => {
    const store = new ObjectStore();
    const created = store.create('nodes', node('w1'));
    const seen: string[] = [];
    store.subscribe((_resource, type) => seen.push(type));

    const updated = store.update('nodes', structuredClone(created));

    expect(updated.metadata.resourceVersion).toBe('1');
    expect(seen).toEqual([]);
  });

  it('counts generations by the spec alone', () => {
    const store = new ObjectStore();
    store.create('nodes', node('w1'));

    const labelled = store.update('nodes', node('w1', { labels: { a: 'b' } }));
    const respecified = store.update('nodes', node('w1', {}, { unschedulable: true }));

    expect(labelled.metadata.generation).toBe(1);
    expect(respecified.metadata.generation).toBe(2);
  });

  it('hands out objects that nobody can change', () => {
    const store = new ObjectStore();
    const created = store.create('nodes', node('w1', { labels: { a: 'b' } }));

    const change = (): void => {
      Object.assign(created.metadata.labels ?? {}, { a: 'c' });
    };

    expect(change).toThrow(TypeError);
  });

  it('shows one state of the store on all pages of a list', () => {
    const store = new ObjectStore();
    for (const name of ['c', 'a', 'b']) store.create('nodes', node(name));
    const first = store.list('nodes', { limit: 2 });
    store.delete('nodes', 'c');
    store.create('nodes', node('aa'));

    const second = store.list('nodes', { limit: 2, continueToken: first.continueToken ?? '' });

    expect(first.items.map((item) => item.metadata.name)).toEqual(['a', 'b']);
    expect(second.items.map((item) => item.metadata.name)).toEqual(['c']);
    expect(second.resourceVersion).toBe(first.resourceVersion);
    expect(second.continueToken).toBeUndefined();
  });

  it('expires pages and watches that compaction has overtaken', () => {
    const store = new ObjectStore();
    for (const name of ['a', 'b']) store.create('nodes', node(name));
    const { continueToken = '' } = store.list('nodes', { limit: 1 });

    store.compact();

    expect(refusalOf(() => store.list('nodes', { continueToken }))).toBe('Expired');
    expect(refusalOf(() => store.eventsSince('nodes', '1'))).toBe('Expired');
    expect(store.eventsSince('nodes', '2')).toEqual([]);
  });

  it('delivers a change that a listener makes after the one that caused it', () => {
    const store = new ObjectStore();
    const seen: string[] = [];
    store.subscribe((_resource, type, object) => {
      if (type === 'ADDED' && object.metadata.name === 'a') store.create('nodes', node('b'));
    });
    store.subscribe((_resource, _type, object) => seen.push(object.metadata.name));

    store.create('nodes', node('a'));

    expect(seen).toEqual(['a', 'b']);
  });

  it('replays exactly the events after a version, whatever was trimmed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }), (n, since) => {
        const store = new ObjectStore({ historyLimit: 8 });
        for (let index = 0; index < n; index += 1) {
          store.create(index % 2 === 0 ? 'nodes' : 'pods', node(`w${String(index)}`));
        }

        let versions: number[] | undefined;
        try {
          versions = store
            .eventsSince('nodes', String(since))
            .map((event) => Number(event.object.metadata.resourceVersion));
        } catch {
          versions = undefined;
        }

        const wanted = Array.from({ length: n }, (_, index) => index + 1).filter(
          (version) => version > since && version % 2 === 1,
        );
        expect(versions === undefined ? n - since > 8 : versions.join() === wanted.join()).toBe(
          true,
        );
      }),
    );
  });
});
