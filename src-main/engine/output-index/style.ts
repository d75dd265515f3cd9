/** The look of `outputs/index.html`: quiet, light and dark alike, and fit for paper. */
export const indexStyle = `
:root { color-scheme: light dark; --ink: #1c2328; --quiet: #5b666e; --line: #d9dfe3; --page: #f6f8f9; --card: #fff; --link: #0b5c86;
  --good: #14603f; --warn: #7a4b00; --bad: #9b1c1c; --busy: #0b5c86; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e9ec; --quiet: #9aa7b0; --line: #313a41; --page: #14181b; --card: #1c2226; --link: #79bfe8;
  --good: #6fd0a3; --warn: #e7b75f; --bad: #f19999; --busy: #79bfe8; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1200px; padding: 24px 16px 64px; font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--page); }
header { display: flex; align-items: baseline; gap: 16px; }
h1 { font-size: 24px; margin: 0; } h2 { font-size: 17px; margin: 0; overflow-wrap: anywhere; }
h3 { font-size: 12px; margin: 0 0 4px; color: var(--quiet); font-weight: 600; }
header p, .id, .when, .size, .more { color: var(--quiet); margin: 0; font-variant-numeric: tabular-nums; }
.id { font: 12px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; } .when, .size, .more { font-size: 13px; }
a { color: var(--link); } a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.review { border-left: 4px solid var(--warn); padding: 8px 12px; background: var(--card); margin: 16px 0; }
main { display: grid; gap: 12px; }
article { display: grid; grid-template-columns: 200px minmax(220px, 1fr) 1.6fr; gap: 16px; padding: 16px; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
.picture { display: grid; place-items: center; height: 132px; background: var(--page); border-radius: 4px; overflow: hidden; color: var(--quiet); font-size: 13px; }
.picture img { max-width: 200px; max-height: 132px; display: block; }
.signs { display: flex; flex-wrap: wrap; gap: 6px; margin: 8px 0; }
.badge { border: 1px solid currentColor; border-radius: 999px; padding: 0 10px; font-size: 13px; }
.good { color: var(--good); } .warn { color: var(--warn); } .bad { color: var(--bad); } .busy { color: var(--busy); } .quiet { color: var(--quiet); }
.message { margin: 8px 0 0; color: var(--bad); overflow-wrap: anywhere; }
.files { columns: 220px; column-gap: 16px; font-size: 13px; } .files section { break-inside: avoid; margin: 0 0 12px; }
ul { margin: 0; padding: 0; list-style: none; } li { overflow-wrap: anywhere; }
summary { cursor: pointer; color: var(--quiet); }
.older { columns: 260px; margin: 8px 0 0; } nav { margin: 32px 0 0; }
.empty { padding: 48px 16px; text-align: center; } code { font-family: ui-monospace, monospace; }
@media (max-width: 860px) { article { grid-template-columns: 1fr; } }
@media print { body { background: #fff; } article { break-inside: avoid; } }
`;
