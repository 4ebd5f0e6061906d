/** Style of a page that stands alone: system fonts, light and dark, narrow screens, paper. */
export const reportStyle = `
:root { --paper: #ffffff; --card: #f9fafb; --ink: #111827; --muted: #4b5563; --line: #e5e7eb;
  --link: #1d4ed8; --ok: #15803d; --warn: #b45309; --alert: #dc2626; --unknown: #6b7280; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #0f172a; --card: #162036; --ink: #f1f5f9; --muted: #a8b3c4; --line: #334155;
    --link: #93c5fd; --ok: #4ade80; --warn: #fbbf24; --alert: #f87171; --unknown: #94a3b8; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.4rem; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 0 0 .5rem; overflow-wrap: anywhere; }
h3 span { font-weight: 600; font-size: .85rem; margin-left: .5rem; white-space: nowrap; }
p { margin: .25rem 0; max-width: 48rem; overflow-wrap: anywhere; }
.about, li { color: var(--muted); overflow-wrap: anywhere; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
.wide { overflow-x: auto; margin-top: 1rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
.summary { width: 100%; }
th, td { text-align: left; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line);
  vertical-align: top; }
td { white-space: nowrap; }
td p { white-space: normal; min-width: 18rem; margin: 0; }
tbody th { min-width: 8rem; }
thead th { color: var(--muted); font-weight: 600; }
tbody th { font-weight: 500; overflow-wrap: anywhere; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 8px;
  padding: 1rem; margin: 0 0 1rem; }
figure { margin: .75rem 0 .5rem; }
figure svg { max-width: 100%; height: auto; background: transparent !important;
  font-family: inherit; }
summary { cursor: pointer; color: var(--muted); font-size: .9rem; }
.ok { color: var(--ok); } .warn { color: var(--warn); } .alert { color: var(--alert); }
.unknown { color: var(--unknown); }
@media print { section { break-inside: avoid; } }
`;
