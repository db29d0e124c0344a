// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { findChromium, type OpenedPage, withPage } from '../../../testkit/chromium.ts';
import {
  buildReport,
  nodeFinding,
  reportFinding,
  reportNode,
} from '../../../testkit/report-builder.ts';
import type { Report } from '#report/report.ts';
import type { RenderOptions } from '../render-options.ts';
import { renderHtml } from './render-report.ts';

const OPTIONS: RenderOptions = {
  color: false,
  width: 100,
  unicode: true,
  program: 'selvage',
  narrowed: false,
  checks: [
    {
      id: 'route-missing',
      title: 'Route is missing',
      severity: 'critical',
      stability: 'stable',
      judgesPairs: true,
      page: '# route-missing\n\n## Why it matters\n\nPods reach `nothing`.\n\n```sh\nip route\n```\n',
    },
  ],
};

/** 200 nodes with everything that the page can tell: each severity, unknown, suppressed, a table of broken pairs. */
function largeReport(): Report {
  const names = Array.from({ length: 200 }, (_, index) => `worker-${String(index + 1)}`);
  const [first = '', second = '', third = ''] = names;
  const unread = reportNode({ name: second, unread: ['It did not answer.'] });
  const suppressed = { reason: 'Being replaced.', expires: '2026-12-31' };
  return buildReport({
    nodes: names.map((name) => (name === second ? unread : name)),
    findings: [
      ...names.slice(1).map((peer) => reportFinding({ node: first, peer })),
      ...names.slice(20, 60).map((node, i) => reportFinding({ node, peer: names[i + 100] ?? '' })),
      nodeFinding({ node: third, severity: 'warning', breaks: 'none', check: 'node-pressure' }),
      nodeFinding({ node: third, severity: 'info', breaks: 'none', stability: 'preview' }),
      reportFinding({ node: third, peer: first, suppressed }),
    ],
    verdicts: names.map((name) => ({
      check: 'route-missing',
      subject: `node/${name}`,
      verdict: name === second ? ('unknown' as const) : ('pass' as const),
      ...(name === second && { reason: 'It did not answer.' }),
    })),
    suppressions: [
      { check: 'route-missing', node: third, ...suppressed, state: 'used', findings: 1 },
      { check: 'link-down', ...suppressed, state: 'unused', findings: 0 },
    ],
    pairs: { checked: 39_601, broken: 240, unknown: 199 },
  });
}

const page = [...renderHtml(largeReport(), OPTIONS)].join('');

/** What has the focus: its place in the document, how it is marked, and whether it is in the window. */
const FOCUSED = `(() => {
  const all = [...document.querySelectorAll('*')];
  const element = document.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const { top, bottom, left, right, width } = element.getBoundingClientRect();
  return {
    place: all.indexOf(element),
    text: element.textContent.trim().slice(0, 40) || element.id,
    isMarked: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2,
    isSeen: width > 0 && bottom > 0 && top < innerHeight && right > 0 && left < innerWidth,
    isBody: element === document.body,
  };
})()`;

interface Focused {
  readonly place: number;
  readonly text: string;
  readonly isMarked: boolean;
  readonly isSeen: boolean;
  readonly isBody: boolean;
}

async function focused(opened: OpenedPage): Promise<Focused> {
  return (await opened.evaluate(FOCUSED)) as Focused;
}

/** Presses Tab until the focus leaves the page. */
async function tour(opened: OpenedPage): Promise<readonly Focused[]> {
  const stops: Focused[] = [];
  for (let step = 0; step < 600; step += 1) {
    await opened.press('Tab');
    const stop = await focused(opened);
    if (stop.isBody || stop.place === stops[0]?.place) return stops;
    stops.push(stop);
  }
  throw new Error('The focus does not leave the page.');
}

/** Texts whose contrast with what is behind them is less than WCAG 2.2 asks for at level AA (1.4.3). */
const PALE = `(() => {
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = ([r, g, b]) => {
    const [R, G, B] = [r, g, b].map((c) => c / 255).map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * R + 0.7152 * G + 0.0722 * B;
  };
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const color = rgba(getComputedStyle(each).backgroundColor);
      if (color[3] === 255) return color;
    }
    return [255, 255, 255, 255];
  };
  const pale = new Set();
  for (const element of document.querySelectorAll('body *')) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '');
    if (!hasText || element.checkVisibility() === false || element.matches('script')) continue;
    const { color, fontSize, fontWeight } = getComputedStyle(element);
    const [a, b] = [luminance(rgba(color)), luminance(behind(element))].sort((x, y) => y - x);
    const size = parseFloat(fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(fontWeight) >= 700);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < (isLarge ? 3 : 4.5)) pale.add(element.tagName + '.' + element.className + ' ' + contrast.toFixed(2) + ' ' + element.textContent.trim().slice(0, 20));
  }
  return [...pale];
})()`;

/** Inputs that lie over each other. */
const OVERLAPS = `(() => {
  const boxes = [...document.querySelectorAll('#tools input, #tools output')].map((each) => each.getBoundingClientRect());
  return boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) =>
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom));
})()`;

/** What a reader without eyes would miss. */
const OBSTACLES = `(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const levels = all('h1,h2,h3,h4,h5,h6').map((each) => Number(each.tagName[1]));
  const ids = all('[id]').map((each) => each.id);
  const named = (each) => each.getAttribute('aria-label') || each.textContent.trim() || each.title;
  const lacking = (selector, has) => all(selector).filter((each) => !has(each)).map((each) => each.outerHTML.slice(0, 80));
  return {
    lang: document.documentElement.lang,
    title: document.title !== '',
    firstHeadings: levels.filter((level) => level === 1).length,
    skippedLevels: levels.filter((level, i) => i > 0 && level > levels[i - 1] + 1).length,
    landmarks: ['header', 'main', 'footer'].filter((tag) => all(tag).length === 1),
    twice: ids.filter((id, i) => ids.indexOf(id) !== i),
    deadLinks: lacking('a[href^="#"]', (a) => document.getElementById(a.hash.slice(1)) !== null),
    inputs: lacking('input,select,textarea', (each) => each.labels.length > 0 || each.getAttribute('aria-label')),
    links: lacking('a,button,summary', named),
    regions: lacking('[role=region],section[aria-labelledby]', (each) =>
      each.getAttribute('aria-label') || document.getElementById(each.getAttribute('aria-labelledby'))),
    headers: lacking('th', (each) => each.scope !== ''),
    tabOrder: lacking('[tabindex]', (each) => each.tabIndex <= 0),
  };
})()`;

const chromium = findChromium();
const obstacle = chromium === undefined ? ': SKIPPED, no chromium in the PATH' : '';

describe.skipIf(chromium === undefined)(
  `a page about 200 nodes${obstacle}`,
  { timeout: 90_000 },
  () => {
    it('asks for nothing but itself, and nothing goes wrong in it', async () => {
      const seen = await withPage(page, async (opened) => {
        await tour(opened);
        await opened.evaluate(
          `document.querySelectorAll('details').forEach((e) => { e.open = true; })`,
        );
        return { requests: opened.requests, messages: opened.messages };
      });

      expect(seen.requests.map((url) => url.replace(/.*\//u, ''))).toEqual(['report.html']);
      expect(seen.messages).toEqual([]);
    });

    it('leads the focus through it in its own order, marked and in the window', async () => {
      const stops = await withPage(page, tour);

      const places = stops.map(({ place }) => place);
      expect(stops[0]?.text).toBe('Skip to the findings');
      expect(places).toEqual([...places].sort((a, b) => a - b));
      expect(stops.filter(({ isMarked }) => !isMarked)).toEqual([]);
      expect(stops.filter(({ isSeen }) => !isSeen)).toEqual([]);
      expect(stops.length).toBeGreaterThan(50);
    });

    it('lets the keyboard pass by the tools and the table of pairs', async () => {
      const after = await withPage(page, async (opened) => {
        await opened.press('Tab');
        await opened.press('Enter');
        await opened.press('Tab');
        const content = await focused(opened);
        await opened.evaluate(`document.querySelector('a[href="#after-pairs"]').focus()`);
        await opened.press('Enter');
        await opened.press('Tab');
        return {
          content,
          behind: await opened.evaluate(
            `document.activeElement.closest('.matrix') === null && document.getElementById('pairs').compareDocumentPosition(document.activeElement) === 4`,
          ),
        };
      });

      expect(after.content.text).toBe('filter');
      expect(after.behind).toBe(true);
    });

    it('opens what is folded with Enter and with the space bar', async () => {
      const states = await withPage(page, async (opened) => {
        await opened.evaluate(`document.querySelector('summary').focus()`);
        const isOpen = `document.querySelector('details').open`;
        await opened.press('Enter');
        const first = await opened.evaluate(isOpen);
        await opened.press(' ');
        return [first, await opened.evaluate(isOpen)];
      });

      expect(states).toEqual([true, false]);
    });

    it('goes to the filter with a slash, and shows what is looked for', async () => {
      const shown = await withPage(page, async (opened) => {
        await opened.press('/');
        await opened.type('node-pressure');
        return opened.evaluate(`document.getElementById('shown').textContent`);
      });

      expect(shown).toMatch(/^1 of \d+ groups shown$/u);
    });

    it('has headings, labels and landmarks for whoever does not see it', async () => {
      const found = await withPage(page, (opened) => opened.evaluate(OBSTACLES));

      expect(found).toEqual({
        lang: 'en',
        title: true,
        firstHeadings: 1,
        skippedLevels: 0,
        landmarks: ['header', 'main', 'footer'],
        twice: [],
        deadLinks: [],
        inputs: [],
        links: [],
        regions: [],
        headers: [],
        tabOrder: [],
      });
    });

    it.each(['light', 'dark'] as const)('has enough contrast in the %s scheme', async (scheme) => {
      const pale = await withPage(page, async (opened) => {
        await opened.prefer(scheme);
        await opened.evaluate(
          `document.querySelectorAll('details').forEach((e) => { e.open = true; })`,
        );
        return opened.evaluate(PALE);
      });

      expect(pale).toEqual([]);
    });

    it.each([320, 1280])('lays no part of the tools over another at %d pixels', async (width) => {
      const overlaps = await withPage(page, async (opened) => {
        await opened.resize(width, 800);
        return opened.evaluate(OVERLAPS);
      });

      expect(overlaps).toEqual([]);
    });

    it.each([320, 1280])('fits a window of %d pixels without scrolling sideways', async (width) => {
      const overflow = await withPage(page, async (opened) => {
        await opened.resize(width, 800);
        await opened.evaluate(
          `document.querySelectorAll('details').forEach((e) => { e.open = true; })`,
        );
        return opened.evaluate(`document.documentElement.scrollWidth - innerWidth`);
      });

      expect(overflow).toBeLessThanOrEqual(0);
    });
  },
);
