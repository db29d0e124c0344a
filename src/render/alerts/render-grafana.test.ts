// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { DEFAULT_THRESHOLDS } from '#alerts/default-thresholds.ts';
import { renderGrafana } from './render-grafana.ts';

interface ReadPanel {
  readonly id: number;
  readonly type: string;
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly targets?: readonly { readonly expr: string; readonly datasource: unknown }[];
}

const dashboard = JSON.parse(renderGrafana(DEFAULT_THRESHOLDS)) as {
  readonly panels: readonly ReadPanel[];
  readonly templating: { readonly list: readonly { readonly name: string }[] };
};
const { panels } = dashboard;

function overlap({ gridPos: a }: ReadPanel, { gridPos: b }: ReadPanel): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

describe('the dashboard', () => {
  it('has panels with an id each that lie beside one another on the grid', () => {
    const overlapping = panels.filter((panel, index) =>
      panels.slice(index + 1).some((other) => overlap(panel, other)),
    );

    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(panels.filter(({ gridPos }) => gridPos.x + gridPos.w > 24)).toEqual([]);
    expect(overlapping).toEqual([]);
  });

  it('asks in every panel the Prometheus that is chosen at its top', () => {
    const targets = panels.flatMap((panel) => panel.targets ?? []);

    expect(dashboard.templating.list.map(({ name }) => name)).toEqual(['datasource']);
    expect(targets.length).toBeGreaterThan(10);
    for (const { datasource } of targets) {
      expect(datasource).toEqual({ type: 'prometheus', uid: '${datasource}' });
    }
  });

  it('draws the threshold that was asked for', () => {
    const other = renderGrafana({ ...DEFAULT_THRESHOLDS, flannelMemoryBytes: 123_456_789 });

    expect(other).toContain('123456789');
    expect(renderGrafana(DEFAULT_THRESHOLDS)).not.toContain('123456789');
  });
});
