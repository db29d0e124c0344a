// SPDX-License-Identifier: Apache-2.0

import type { FdbEntry, Neighbour, Route } from '#model/kernel.ts';
import { Interner } from '#sources/linux/interner.ts';

/** The interners of one run. */
export interface EntryInterners {
  readonly routes: Interner<Route>;
  readonly neighbours: Interner<Neighbour>;
  readonly fdb: Interner<FdbEntry>;
}

/** Empty interners for a new run. */
export function entryInterners(): EntryInterners {
  return { routes: new Interner(), neighbours: new Interner(), fdb: new Interner() };
}
