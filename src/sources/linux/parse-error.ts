// SPDX-License-Identifier: Apache-2.0

import { plainText } from '#sources/plain-text.ts';

/** Output of a command or content of a file that is not in the form its parser knows. The only error parsers throw. */
export class LinuxParseError extends Error {
  override readonly name = 'LinuxParseError';

  /**
   * @param subject what was parsed, e.g. `ip route`
   * @param problem a clause: `is not JSON`
   */
  constructor(subject: string, problem: string) {
    super(`The output of ${subject} ${plainText(problem)}.`);
  }
}
