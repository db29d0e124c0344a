// SPDX-License-Identifier: Apache-2.0

/** The command line asks for something that does not exist or cannot be. `message` and `hint` are whole sentences. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** What to do about it. */
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}
