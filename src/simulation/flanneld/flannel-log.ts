// SPDX-License-Identifier: Apache-2.0

/** Severity letter of klog. */
export type Severity = 'I' | 'W' | 'E' | 'F';

/** One line, before its head is made. */
export interface LogMessage {
  readonly severity: Severity;
  /** Source file and line, as klog prints them. */
  readonly source: string;
  readonly text: string;
}

interface LogEntry {
  readonly at: Date;
  /** Made when read: with thousands of peers a start logs thousands of lines. */
  readonly messages: () => readonly LogMessage[];
}

/** One line with its instant. */
export interface LogLine {
  readonly at: Date;
  readonly text: string;
}

/** Log of one life of a container. */
export class FlannelLog {
  readonly #entries: LogEntry[] = [];

  /** Adds one line. */
  add(at: Date, severity: Severity, source: string, text: string): void {
    this.addLater(at, () => [{ severity, source, text }]);
  }

  /** Adds lines that are made when the log is read. */
  addLater(at: Date, messages: () => readonly LogMessage[]): void {
    this.#entries.push({ at, messages });
  }

  /** All lines, oldest first. */
  lines(): LogLine[] {
    return this.#entries.flatMap(({ at, messages }) =>
      messages().map((message) => ({ at, text: formatLine(at, message) })),
    );
  }
}

/** `Lmmdd hh:mm:ss.uuuuuu threadid file:line] text` (k8s.io/klog/v2). */
function formatLine(at: Date, { severity, source, text }: LogMessage): string {
  const [date = '', time = ''] = at.toISOString().split('T');
  const day = date.slice(5).replace('-', '');
  const micros = `${time.slice(0, -1)}000`;
  return `${severity}${day} ${micros}       1 ${source}] ${text}`;
}
