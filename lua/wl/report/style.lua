-- SPDX-License-Identifier: MIT
--- The style of a report: light and dark as the reader's system has it, and print.
return [[
:root {
  color-scheme: light dark;
  --ink: #1f2933; --soft: #52606d; --paper: #ffffff; --line: #d5dbe1; --panel: #f6f8fa;
  --good: #1a7f37; --bad: #b3261e; --warn: #8a5a00; --link: #0b57d0;
  --c1: #7aa7e0; --c2: #efb36b; --c3: #86c58f; --c4: #d295c5; --c5: #c9b458; --c6: #8fb8b8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e4e9ee; --soft: #a3b1bf; --paper: #14181d; --line: #37414c; --panel: #1c2229;
    --good: #5fd07a; --bad: #ff8a80; --warn: #e8b45a; --link: #8ab4f8;
    --c1: #3f6fa8; --c2: #a86f2a; --c3: #43824c; --c4: #8f5583; --c5: #857328; --c6: #4e7878;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 24px; max-width: 1040px; color: var(--ink);
  background: var(--paper); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 24px; margin: 0 0 4px; }
h2 { font-size: 18px; margin: 32px 0 8px; }
p { margin: 4px 0; color: var(--soft); }
a { color: var(--link); }
a:focus-visible, summary:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.failure { border-left: 4px solid var(--bad); padding: 8px 12px; background: var(--panel);
  color: var(--ink); white-space: pre-wrap; font-family: ui-monospace, monospace; }
.chart { overflow-x: auto; }
.chart svg { min-width: 700px; }
svg { display: block; width: 100%; height: auto; background: var(--panel);
  border: 1px solid var(--line); border-radius: 6px; }
svg text { font: 12px system-ui, sans-serif; fill: var(--soft); }
.grid { stroke: var(--line); stroke-width: 1; }
.layer { stroke: var(--panel); stroke-width: 0.5; }
.layer-1 { fill: var(--c1); } .layer-2 { fill: var(--c2); } .layer-3 { fill: var(--c3); }
.layer-4 { fill: var(--c4); } .layer-5 { fill: var(--c5); } .layer-6 { fill: var(--c6); }
.available { fill: none; stroke: var(--good); stroke-width: 2.5; }
.budget { fill: none; stroke: var(--bad); stroke-width: 1.5; stroke-dasharray: 6 4; }
.waiting { fill: var(--line); }
.bar { fill: var(--c1); } .bar.succeeded { fill: var(--good); } .bar.failed { fill: var(--bad); }
.bar.deleted { fill: var(--warn); } .bar.overlaps { stroke: var(--ink); stroke-width: 2; }
.skipped { fill: none; stroke: var(--bad); stroke-width: 2; }
.not-ready { fill: var(--bad); opacity: 0.3; }
.mark path { fill: var(--soft); } .mark.warning path { fill: var(--bad); }
.mark:focus-visible path, .mark:hover path { stroke: var(--ink); stroke-width: 2; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; padding: 0; margin: 6px 0 0;
  list-style: none; font-size: 13px; color: var(--soft); }
.legend svg { display: inline-block; width: 22px; height: 12px; border: 0; background: none;
  vertical-align: -1px; margin-right: 6px; border-radius: 0; }
table { border-collapse: collapse; width: 100%; font-size: 13px; }
th, td { text-align: left; vertical-align: top; padding: 4px 10px 4px 0;
  border-bottom: 1px solid var(--line); }
td { overflow-wrap: break-word; }
td:nth-child(4), td:nth-child(5) { overflow-wrap: anywhere; }
th { color: var(--soft); font-weight: 600; }
tr.warning td:nth-child(2) { color: var(--bad); font-weight: 600; }
tr:target { background: var(--panel); outline: 2px solid var(--link); }
td.time { white-space: nowrap; font-variant-numeric: tabular-nums; }
@media print {
  body { max-width: none; padding: 0; }
  .chart { overflow: visible; }
  .chart svg { min-width: 0; }
  h2, svg, tr { break-inside: avoid; }
  a { color: inherit; text-decoration: none; }
}
]]
