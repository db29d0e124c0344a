// SPDX-License-Identifier: Apache-2.0

import type { Report } from '#report/report.ts';

import { suppressedSentence, suppressionWarnings } from '../suppressions.ts';
import type { Style } from './style.ts';
import { hang } from './wrap.ts';

/** What is suppressed in one line, and a line for each suppression that has expired or matches nothing. */
export function suppressionsText(report: Report, style: Style): readonly string[] {
  const sentence = suppressedSentence(report);
  const warnings = suppressionWarnings(report);
  if (sentence === undefined && warnings.length === 0) return [];
  return [
    '',
    ...(sentence === undefined
      ? []
      : hang(style.mark('info'), `${style.clean(sentence)} Why: -o json.`, style.width).map(
          (line) => style.faint(line),
        )),
    ...warnings.flatMap((warning) =>
      hang(style.mark('warning'), style.clean(warning), style.width).map((line) =>
        style.tint('warning', line),
      ),
    ),
  ];
}
