// SPDX-License-Identifier: Apache-2.0

interface Slot<R> {
  result?: { readonly value: R };
  next?: WeakMap<object, Slot<R>>;
}

/**
 * Remembers a pure function's results by the identity of its arguments, never by their content: facts are
 * frozen, so the same object is the same fact. Results live as long as the arguments do.
 */
export function memoiseByIdentity<A extends readonly object[], R>(
  compute: (...args: A) => R,
): (...args: A) => R {
  const root: Slot<R> = {};
  return (...args) => {
    let slot = root;
    for (const arg of args) {
      slot.next ??= new WeakMap();
      let next = slot.next.get(arg);
      if (next === undefined) {
        next = {};
        slot.next.set(arg, next);
      }
      slot = next;
    }
    slot.result ??= { value: compute(...args) };
    return slot.result.value;
  };
}

/** Like `memoiseByIdentity` for a function that also takes a node's name. */
export function memoisePerNode<A extends readonly object[], R>(
  compute: (node: string, ...args: A) => R,
): (node: string, ...args: A) => R {
  const resultsOf = memoiseByIdentity<A, Map<string, { readonly value: R }>>(() => new Map());
  return (node, ...args) => {
    const results = resultsOf(...args);
    let result = results.get(node);
    if (result === undefined) {
      result = { value: compute(node, ...args) };
      results.set(node, result);
    }
    return result.value;
  };
}
