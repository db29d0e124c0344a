// SPDX-License-Identifier: Apache-2.0

/** The page's style sheet: light and dark, narrow and wide, screen and paper; no font and no picture from outside. */
export const STYLE = `
:root { color-scheme: light dark;
  --page: light-dark(#f6f7f9, #0f1318); --card: light-dark(#fff, #171d24); --ink: light-dark(#17202b, #e4e9ef);
  --soft: light-dark(#556272, #9ba8b7); --line: light-dark(#dde3ea, #2a333e); --code: light-dark(#f1f4f7, #10161c);
  --link: light-dark(#0b5cad, #7db8f5);
  --red: light-dark(#b42318, #ff8a7d); --red-soft: light-dark(#fdecea, #3a1c1a);
  --amber: light-dark(#8a5300, #f2bd5c); --amber-soft: light-dark(#fdf1dc, #372a13);
  --green: light-dark(#1b7038, #6fd08c); --green-soft: light-dark(#e5f5ea, #16301f);
  --blue: light-dark(#3b5b80, #a3c1e3); --blue-soft: light-dark(#e9f0f8, #1b2938); }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
[hidden] { display: none !important; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: -999rem; }
.skip:focus { position: fixed; left: 1rem; top: 1rem; background: var(--card); padding: .5rem 1rem; z-index: 9; }
main, header, footer { max-width: 72rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 2.25rem; }
.brand { margin: 0; color: var(--soft); font-size: .8rem; font-weight: 650; letter-spacing: .09em; text-transform: uppercase; }
h1 { font-size: clamp(1.3rem, 2.6vw, 1.8rem); line-height: 1.3; margin: .5rem 0 1rem; text-wrap: pretty; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .75rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; overflow-wrap: anywhere; }
h4 { font-size: .9rem; margin: 1rem 0 .25rem; }
.hero { border-left: 6px solid var(--tone); background: var(--card); border-radius: 10px; padding: 1.1rem 1.5rem; box-shadow: 0 1px 3px #0000001a; }
.hero h1 { margin: 0; }
.hero h1::before { content: attr(data-mark) " "; color: var(--tone); }
.pass { --tone: var(--green); --tone-soft: var(--green-soft); } .critical { --tone: var(--red); --tone-soft: var(--red-soft); }
.warning, .unknown { --tone: var(--amber); --tone-soft: var(--amber-soft); } .info { --tone: var(--blue); --tone-soft: var(--blue-soft); }
.facts { display: flex; flex-wrap: wrap; gap: .2rem 1.6rem; margin: .8rem 0 0; color: var(--soft); font-size: .88rem; }
.facts div { display: flex; gap: .4rem; } .facts dt::after { content: ":"; } .facts dd { margin: 0; color: var(--ink); overflow-wrap: anywhere; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .75rem; margin: 1rem 0 0; padding: 0; list-style: none; }
.tiles li { background: var(--card); border-radius: 10px; padding: .7rem 1rem; box-shadow: 0 1px 3px #0000001a; color: var(--soft); font-size: .85rem; }
.tiles b { display: block; font-size: 1.6rem; line-height: 1.2; color: var(--ink); font-variant-numeric: tabular-nums; }
.tiles .on b { color: var(--tone); }
.tools label { display: inline-flex; gap: .45rem; align-items: center; max-width: 100%; }
.tools { display: flex; flex-wrap: wrap; align-items: center; gap: .6rem 1rem; margin: 0 0 1rem; font-size: .9rem; }
.tools input[type=search] { font: inherit; padding: .45rem .8rem; width: 19rem; min-width: 0; border: 1px solid var(--line); border-radius: 8px; background: var(--card); color: inherit; }
.tools output { color: var(--soft); margin-left: auto; }
.finding { background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--tone); border-radius: 8px; padding: .9rem 1.2rem; margin: 0 0 .8rem; }
.finding:target { outline: 3px solid var(--tone); }
.finding > p { margin: .35rem 0 .5rem; overflow-wrap: anywhere; }
.top { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; font-size: .82rem; color: var(--soft); }
.chip { background: var(--tone-soft); color: var(--tone); border-radius: 99px; padding: .05rem .6rem; font-weight: 650; }
.diff { margin: .3rem 0 .7rem; background: var(--code); border-radius: 6px; padding: .5rem .8rem; font: .85rem/1.6 ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; }
.diff div { display: grid; grid-template-columns: 5.5rem 1fr; }
.diff dt { color: var(--soft); } .diff dd { margin: 0; overflow-wrap: anywhere; } .diff .is { color: var(--tone); }
code, pre { font: .88em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; }
pre { background: var(--code); border-radius: 6px; padding: .6rem .9rem; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
details { margin: .5rem 0; } summary { cursor: pointer; color: var(--link); font-size: .92rem; width: fit-content; }
.page { border-left: 2px solid var(--line); padding-left: 1rem; margin: .5rem 0; font-size: .93rem; }
.scroll { overflow: auto; max-height: 85vh; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
table { border-collapse: separate; border-spacing: 0; font-size: .88rem; }
caption { text-align: left; color: var(--soft); padding: .6rem .8rem; }
th, td { padding: .35rem .7rem; text-align: left; vertical-align: top; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
thead th { border-top: 0; color: var(--soft); font-weight: 600; }
.list { width: 100%; } .number { text-align: right; font-variant-numeric: tabular-nums; }
.matrix caption { white-space: nowrap; }
.matrix td, .matrix thead th { text-align: center; padding: .15rem; min-width: 1.75rem; border-left: 1px solid var(--line); }
.matrix thead th { position: sticky; top: 0; background: var(--card); vertical-align: bottom; z-index: 1; border-bottom: 1px solid var(--line); }
.matrix thead span { writing-mode: vertical-rl; transform: rotate(180deg); max-height: 14rem; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; padding: .3rem 0; font-weight: 500; color: var(--ink); }
.matrix tbody th { position: sticky; left: 0; background: var(--card); white-space: nowrap; font-weight: 500; border-right: 1px solid var(--line); max-width: 18rem; overflow: hidden; text-overflow: ellipsis; padding: .15rem .7rem; }
.matrix thead td { position: sticky; left: 0; top: 0; z-index: 2; background: var(--card); border: 0; color: var(--soft); vertical-align: bottom; text-align: left; padding: .3rem .7rem; }
.matrix .b { background: var(--red-soft); } .matrix .b a { display: block; color: var(--red); font-weight: 700; text-decoration: none; }
.matrix .u { background: var(--amber-soft); color: var(--amber); font-weight: 700; } .matrix .w { color: var(--green); } .matrix .s { color: var(--soft); }
.legend { color: var(--soft); font-size: .88rem; } .legend b { margin-left: .8rem; } .legend b:first-child { margin-left: 0; }
.reasons { background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--amber); border-radius: 8px; padding: .7rem 1.2rem; margin: 0 0 .8rem; }
.reasons ul { margin: .3rem 0; padding-left: 1.2rem; overflow-wrap: anywhere; } .reasons p { margin: 0; font-weight: 600; overflow-wrap: anywhere; }
footer { margin-top: 3rem; padding-bottom: 2.5rem; color: var(--soft); font-size: .85rem; }
@media (max-width: 40rem) { main, header, footer { padding-left: .9rem; padding-right: .9rem; } .diff div { grid-template-columns: 1fr; } }
@media print {
  :root { color-scheme: light; } body { background: #fff; font-size: 10pt; }
  .tools, .skip { display: none !important; } .scroll { max-height: none; overflow: visible; }
  .finding, .reasons, tr { break-inside: avoid; } .hero, .tiles li { box-shadow: none; border: 1px solid var(--line); border-left: 6px solid var(--tone, var(--line)); }
  .matrix thead th, .matrix tbody th, .matrix thead td { position: static; }
}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
`;
