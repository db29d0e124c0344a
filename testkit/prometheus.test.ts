// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import {
  findAlertmanager,
  findPrometheus,
  startAlertmanager,
  startPrometheus,
} from './prometheus.ts';

const skipped = (program: string | undefined): string =>
  program === undefined ? ': SKIPPED, not in the PATH, see .ci/run' : '';

describe.skipIf(findPrometheus() === undefined)(
  `a Prometheus of a test${skipped(findPrometheus())}`,
  () => {
    it('answers queries, and is gone when it is stopped', async () => {
      const prometheus = await startPrometheus(
        { rule_files: ['rules.yml'] },
        { files: { 'rules.yml': '{}' } },
      );
      const answer = await fetch(`${prometheus.url}/api/v1/query?query=vector(7)`);
      const text = await answer.text();

      await prometheus.stop();

      expect(text).toContain('"7"');
      await expect(fetch(prometheus.url)).rejects.toThrow('fetch failed');
    });

    it('holds a past that it is given', async () => {
      const seconds = Math.floor(Date.now() / 1000) - 30 * 86_400;
      const prometheus = await startPrometheus(
        {},
        { past: `# TYPE level gauge\nlevel{of="test"} 42 ${String(seconds)}\n# EOF\n` },
      );
      const answer = await fetch(
        `${prometheus.url}/api/v1/query?query=level&time=${String(seconds)}`,
      );
      const text = await answer.text();

      await prometheus.stop();

      expect(text).toContain('"42"');
    });

    it('says why it does not start', async () => {
      const starting = startPrometheus({ scrape_configs: 'none' });

      await expect(starting).rejects.toThrow('cannot unmarshal');
    });
  },
);

describe.skipIf(findAlertmanager() === undefined)(
  `an Alertmanager of a test${skipped(findAlertmanager())}`,
  () => {
    it('answers, and is gone when it is stopped', async () => {
      const configuration = 'route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n';
      const alertmanager = await startAlertmanager(configuration);
      const answer = await fetch(`${alertmanager.url}/api/v2/status`);
      const text = await answer.text();

      await alertmanager.stop();

      expect(text).toContain('nobody');
      await expect(fetch(alertmanager.url)).rejects.toThrow('fetch failed');
    });
  },
);
