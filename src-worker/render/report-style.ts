/** The report's whole style: light and dark by the reader's preference, narrow windows, and paper. */
export const reportStyle = `
:root{color-scheme:light dark;--page:#f4f6f8;--card:#fff;--ink:#1b2430;--quiet:#566173;--line:#d9dfe6;--soft:#eef1f4;--accent:#0b62a8;
--good:#12643a;--good-bg:#e3f4ea;--good-line:#9fd3b6;--warn:#6b4a00;--warn-bg:#fff3d6;--warn-line:#e8c672;--bad:#9c1f1f;--bad-bg:#fdeaea;--bad-line:#e7a9a9;--mark-bg:#ffc93c;--mark-ink:#231a00}
@media (prefers-color-scheme:dark){:root{--page:#12161c;--card:#1a2029;--ink:#e4e9f0;--quiet:#9aa7b8;--line:#323c49;--soft:#232b36;--accent:#7cb8ee;
--good:#8fdcb0;--good-bg:#143123;--good-line:#2c6245;--warn:#f3cf7a;--warn-bg:#352a10;--warn-line:#6d571f;--bad:#f5a3a3;--bad-bg:#3a1a1c;--bad-line:#763338}}
*{box-sizing:border-box}
html{font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);overflow-wrap:break-word}
main{max-width:1120px;margin:0 auto;padding:24px 20px 48px}
h1{font-size:1.75rem;line-height:1.2;margin:0 0 16px;letter-spacing:-.01em;text-wrap:balance}
h2{font-size:1.15rem;line-height:1.3;margin:0 0 12px}
p{margin:0 0 10px;max-width:76ch}
a{color:var(--accent);text-underline-offset:2px}
a:focus-visible,.scroll:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
code,pre{font:.875em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
pre{margin:8px 0 0;padding:12px;background:var(--soft);border-radius:6px;overflow-x:auto;white-space:pre-wrap}
.mark{margin:0;max-width:none;padding:8px 20px;background:var(--mark-bg);color:var(--mark-ink);font-weight:700;text-align:center;letter-spacing:.02em;border-bottom:1px solid rgb(0 0 0/.2)}
.status{display:grid;grid-template-columns:repeat(auto-fit,minmax(280px,1fr));gap:12px;margin:0 0 16px}
.fact{display:flex;gap:12px;padding:12px 16px;border:1px solid;border-radius:8px}
.fact svg{flex:none;width:22px;height:22px;margin-top:1px}
.fact strong{display:block;font-size:1.05rem}
.fact p{margin:0;color:var(--ink)}
.good{color:var(--good);background:var(--good-bg);border-color:var(--good-line)}
.warn{color:var(--warn);background:var(--warn-bg);border-color:var(--warn-line)}
.bad{color:var(--bad);background:var(--bad-bg);border-color:var(--bad-line)}
.note{background:var(--soft);border-color:var(--line)}
.callout{padding:12px 16px;border:1px solid;border-radius:8px}
.callout p,.callout li{color:var(--ink)}
.callout>:last-child{margin-bottom:0}
.summary{font-size:1.07rem}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:4px 16px;margin:0 0 16px;padding:0;font-size:.93rem}
section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:20px;margin:0 0 16px}
section>*+.part{margin-top:20px}
section>h2+.part{margin-top:0}
.part .part{margin-top:16px}
.part>:last-child,section>:last-child{margin-bottom:0}
ul{margin:0 0 10px;padding-left:1.3em}
.scroll{overflow-x:auto;border:1px solid var(--line);border-radius:6px}
table{border-collapse:collapse;width:100%;font-size:.93rem;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--quiet);padding:8px 10px}
th,td{padding:6px 10px;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
tr:last-child>*{border-bottom:0}
thead th{background:var(--soft);font-weight:600;white-space:nowrap;vertical-align:bottom}
.num{text-align:right;white-space:nowrap}
.when{white-space:nowrap}
.unit{color:var(--quiet);font-weight:400}
td code{overflow-wrap:break-word}
.hash code{overflow-wrap:anywhere}
.hash{min-width:18em;font-size:.8rem}
dl{display:grid;grid-template-columns:minmax(9em,max-content) 1fr;gap:0;margin:0;font-variant-numeric:tabular-nums}
dt,dd{margin:0;padding:5px 0;border-bottom:1px solid var(--line);min-width:0}
dt{color:var(--quiet);padding-right:24px}
dt:last-of-type,dd:last-of-type{border-bottom:0}
dd{overflow-wrap:anywhere}
.more{color:var(--quiet);font-size:.93rem;margin:8px 0 0}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(420px,100%),1fr));gap:20px;align-items:start}
.figures figure:only-child{max-width:760px}
figure{margin:0}
figure img{display:block;width:100%;height:auto;background:#fff;color:#1b2430;border:1px solid var(--line);border-radius:6px}
figcaption{color:var(--quiet);font-size:.93rem;margin-top:8px;max-width:76ch}
.maps{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(420px,100%),1fr));gap:20px;align-items:end}
.maps>h2{grid-column:1/-1;margin:0}
.maps>*+.part{margin-top:0}
@media (max-width:560px){main{padding:16px 12px 32px}section{padding:14px;border-radius:8px}dl{grid-template-columns:1fr}dt{border:0;padding-bottom:0}dd{padding-top:0}}
@media print{:root{color-scheme:light;--page:#fff;--card:#fff;--ink:#000;--quiet:#444;--line:#bbb;--soft:#f2f2f2;--accent:#000;--good:#000;--warn:#000;--bad:#000;--good-bg:#fff;--warn-bg:#fff;--bad-bg:#fff;--good-line:#000;--warn-line:#000;--bad-line:#000}
html{font-size:10pt}main{max-width:none;padding:0}nav{display:none}section{border:0;padding:0;margin:0 0 18pt}h2{break-after:avoid}figure,.fact,tr{break-inside:avoid}.scroll{overflow:visible}.mark{border:2px solid #000;print-color-adjust:exact}.figures{grid-template-columns:1fr 1fr}}
`.trim();
