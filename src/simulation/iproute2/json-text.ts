// SPDX-License-Identifier: Apache-2.0

/** A member of a JSON object whose value is text already, for numbers that JavaScript would print otherwise. */
export class RawJson {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** Marks the text for {@link jsonText}, which takes the quotes away again. */
  toJSON(): string {
    return `\0${this.text}`;
  }
}

/** What can be a value; `undefined` leaves the member out. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | RawJson
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** Prints JSON as iproute2 does: no blanks, members in the given order. */
export function jsonText(value: JsonValue): string {
  return JSON.stringify(value).replace(/"\\u0000([^"]*)"/g, '$1');
}
