// SPDX-License-Identifier: Apache-2.0
import type { ServerResponse } from 'node:http';
import { StoreConflict, type KubernetesObject, type StoreEvent } from '#simulation/store.ts';
import { expired } from './api-error.ts';
import { flag, wholeNumber, type Call } from './call.ts';
import { formObject, type FormContext } from './object-form.ts';
import { formContextOf } from './reading.ts';
import { groupVersionOf, storeNameOf } from './resource-catalogue.ts';
import { parseSelectors, type ObjectPredicate } from './selectors.ts';

/** The API server picks 30 to 60 minutes; the simulation, which may be tested, always the lower end. */
const DEFAULT_TIMEOUT_SECONDS = 30 * 60;

type WireEventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';

/**
 * Serves `watch` until the client leaves, the time is over, or a fault ends it.
 *
 * @throws ApiError 400 or 406, before the stream has begun
 */
export function serveWatch(call: Call, response: ServerResponse, bookmarkIntervalMs: number): void {
  const stream = new WatchStream(call, response);
  response.writeHead(200, {
    'Content-Type': 'application/json',
    'Cache-Control': 'no-cache, private',
  });
  response.flushHeaders();
  stream.start(bookmarkIntervalMs);
}

class WatchStream {
  readonly #call: Call;
  readonly #response: ServerResponse;
  readonly #resource: string;
  readonly #selects: ObjectPredicate;
  readonly #form: FormContext;
  #unsubscribe: (() => void) | undefined;
  readonly #timers: NodeJS.Timeout[] = [];
  #sentBytes = 0;
  #sentEvents = 0;
  #sentColumns = false;
  #over = false;

  constructor(call: Call, response: ServerResponse) {
    const { resource, namespace, query } = call.request;
    this.#call = call;
    this.#response = response;
    this.#resource = storeNameOf(resource);
    this.#form = formContextOf(call);
    const selects = parseSelectors(query, this.#resource);
    const { name } = call.request;
    this.#selects = (object): boolean =>
      (namespace === undefined || object.metadata.namespace === namespace) &&
      (name === undefined || object.metadata.name === name) &&
      (selects === undefined || selects(object));
  }

  start(bookmarkIntervalMs: number): void {
    const { query } = this.#call.request;
    this.#response.on('close', () => {
      this.#stop();
    });
    this.#call.closing.addEventListener('abort', this.#end, { once: true });
    const timeoutSeconds = wholeNumber(query, 'timeoutSeconds') ?? DEFAULT_TIMEOUT_SECONDS;
    this.#timers.push(setTimeout(this.#timeOut, timeoutSeconds * 1000));
    if (flag(query, 'allowWatchBookmarks')) {
      this.#timers.push(setInterval(this.#bookmark, bookmarkIntervalMs));
    }
    this.#sendPast();
    this.#expireWhenDue();
    if (this.#over) return;
    this.#unsubscribe = this.#call.cluster.store.subscribe((resource, type, object, previous) => {
      if (resource !== this.#resource) return;
      this.#sendChange({ resource, type, object, ...(previous === undefined ? {} : { previous }) });
    });
  }

  /** What the client has to see before the changes to come: the events it missed, or all objects. */
  #sendPast(): void {
    const { query } = this.#call.request;
    const since = query.get('resourceVersion') ?? '';
    const initial = flag(query, 'sendInitialEvents');
    if (!initial && since !== '' && since !== '0') {
      this.#replay(since);
      return;
    }
    if (query.get('sendInitialEvents') !== 'false') {
      const { items } = this.#call.cluster.store.list(this.#resource, { where: this.#selects });
      for (const item of items) this.#sendObject('ADDED', item);
    }
    if (initial) this.#sendBookmark({ 'k8s.io/initial-events-end': 'true' });
  }

  #replay(since: string): void {
    try {
      for (const event of this.#call.cluster.store.eventsSince(this.#resource, since)) {
        this.#sendChange(event);
      }
    } catch (error) {
      if (!(error instanceof StoreConflict)) throw error;
      this.#send('ERROR', expired(error.message).status);
      this.#end();
    }
  }

  /** An object that enters or leaves the selection appears as added or deleted. */
  #sendChange(event: StoreEvent): void {
    const { type, object, previous } = event;
    const isSelected = this.#selects(object);
    const wasSelected = previous !== undefined && this.#selects(previous);
    if (type === 'DELETED') {
      if (wasSelected) this.#sendObject('DELETED', object);
    } else if (isSelected) this.#sendObject(wasSelected ? 'MODIFIED' : 'ADDED', object);
    else if (wasSelected) this.#sendObject('DELETED', object);
  }

  #sendObject(type: WireEventType, object: KubernetesObject): void {
    if (this.#over) return;
    const shown = formObject(object, { ...this.#form, now: this.#call.now() });
    if (this.#form.form === 'table' && this.#sentColumns) {
      // The API server describes the columns in the first event only.
      this.#send(type, { ...(shown as object), columnDefinitions: null });
    } else this.#send(type, shown);
    this.#sentColumns = true;
    this.#sentEvents += 1;
    this.#expireWhenDue();
  }

  #sendBookmark(annotations?: Record<string, string>): void {
    const { resource } = this.#call.request;
    const metadata = {
      resourceVersion: this.#call.cluster.store.resourceVersion,
      creationTimestamp: null,
      ...(annotations === undefined ? {} : { annotations }),
    };
    const whole = { kind: resource.kind, apiVersion: groupVersionOf(resource), metadata };
    if (this.#form.form === 'table') {
      const table = { kind: 'Table', apiVersion: 'meta.k8s.io/v1', columnDefinitions: null };
      this.#send('BOOKMARK', { ...table, metadata, rows: [{ cells: null, object: whole }] });
    } else this.#send('BOOKMARK', whole);
  }

  readonly #bookmark = (): void => {
    this.#sendBookmark();
  };

  #send(type: WireEventType, object: unknown): void {
    if (this.#over) return;
    const line = Buffer.from(`${JSON.stringify({ type, object })}\n`);
    const { fault } = this.#call;
    if (fault?.kind === 'cut' && this.#sentBytes + line.length > fault.afterBytes) {
      this.#stop();
      this.#response.write(line.subarray(0, fault.afterBytes - this.#sentBytes), () => {
        this.#response.destroy();
      });
      return;
    }
    this.#sentBytes += line.length;
    this.#response.write(line);
  }

  #expireWhenDue(): void {
    const { fault } = this.#call;
    if (this.#over || fault?.kind !== 'watch-expired' || this.#sentEvents < fault.afterEvents) {
      return;
    }
    const { resourceVersion } = this.#call.cluster.store;
    this.#send('ERROR', expired(`too old resource version: 1 (${resourceVersion})`).status);
    this.#end();
  }

  readonly #timeOut = (): void => {
    if (flag(this.#call.request.query, 'allowWatchBookmarks')) this.#sendBookmark();
    this.#end();
  };

  readonly #end = (): void => {
    this.#stop();
    this.#response.end();
  };

  #stop(): void {
    this.#over = true;
    this.#unsubscribe?.();
    this.#call.closing.removeEventListener('abort', this.#end);
    for (const timer of this.#timers) clearInterval(timer);
  }
}
