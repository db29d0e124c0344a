// SPDX-License-Identifier: Apache-2.0

/** A value of a dashboard, as its JSON has it. */
export type PanelJson = Readonly<Record<string, unknown>>;

/** A query and how its series are called. */
interface PanelQuery {
  readonly expression: string;
  /** Grafana's template over labels, such as `{{pod}}`. */
  readonly legend: string;
}

/** A picture before it has a place on the dashboard. */
export interface PanelDraft {
  readonly title: string;
  readonly description: string;
  readonly kind: 'stat' | 'timeseries';
  /** Grafana's name of the unit. */
  readonly unit: 'bytes' | 'none' | 'percentunit' | 'reqps';
  readonly queries: readonly PanelQuery[];
  /** Where it turns red; absent: nowhere. */
  readonly threshold?: number;
}

/** Part of a dashboard with a heading. */
export interface PanelSection {
  readonly title: string;
  readonly panels: readonly PanelDraft[];
}

/** The Prometheus that the person chose at the top of the dashboard. */
export const DATASOURCE = { type: 'prometheus', uid: '${datasource}' } as const;

const GRID_WIDTH = 24;
const SIZES = { stat: { w: 6, h: 4 }, timeseries: { w: 12, h: 8 } } as const;

/** Sections below one another, each with its pictures in lines of the grid's width. */
export function layOut(sections: readonly PanelSection[]): readonly PanelJson[] {
  const placed: PanelJson[] = [];
  let y = 0;
  for (const { title, panels } of sections) {
    placed.push(rowJson(title, y, placed.length + 1));
    y += 1;
    let x = 0;
    let lineHeight = 0;
    for (const panel of panels) {
      const { w, h } = SIZES[panel.kind];
      if (x + w > GRID_WIDTH) {
        [x, y] = [0, y + lineHeight];
        lineHeight = 0;
      }
      placed.push(panelJson(panel, { x, y, w, h }, placed.length + 1));
      x += w;
      lineHeight = Math.max(lineHeight, h);
    }
    y += lineHeight;
  }
  return placed;
}

function rowJson(title: string, y: number, id: number): PanelJson {
  const gridPos = { x: 0, y, w: GRID_WIDTH, h: 1 };
  return { id, type: 'row', title, collapsed: false, panels: [], gridPos };
}

function panelJson(panel: PanelDraft, gridPos: PanelJson, id: number): PanelJson {
  const { title, description, kind, unit, queries, threshold } = panel;
  const steps = [
    { color: 'green', value: null },
    ...(threshold === undefined ? [] : [{ color: 'red', value: threshold }]),
  ];
  const line = threshold === undefined ? {} : { thresholdsStyle: { mode: 'line' } };
  return {
    id,
    type: kind,
    title,
    description,
    datasource: DATASOURCE,
    gridPos,
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        ...(unit === 'none' && { decimals: 0 }),
        thresholds: { mode: 'absolute', steps },
        ...(kind === 'timeseries' && { custom: { drawStyle: 'line', lineWidth: 1, ...line } }),
      },
      overrides: [],
    },
    options: kind === 'stat' ? STAT_OPTIONS : TIMESERIES_OPTIONS,
    targets: queries.map(({ expression, legend }, index) => ({
      refId: `Q${String(index + 1)}`,
      datasource: DATASOURCE,
      expr: expression,
      legendFormat: legend,
      ...(kind === 'stat' ? { instant: true, range: false } : { instant: false, range: true }),
    })),
  };
}

const STAT_OPTIONS = {
  colorMode: 'background',
  graphMode: 'none',
  justifyMode: 'auto',
  orientation: 'auto',
  textMode: 'auto',
  reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
} as const;

const TIMESERIES_OPTIONS = {
  legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
  tooltip: { mode: 'multi', sort: 'desc' },
} as const;
