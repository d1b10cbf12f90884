/** The style of every page: system fonts, two themes, paper, and 360 pixels up to a desktop. */
export const style = `
:root{color-scheme:light dark;--paper:#fffefb;--ink:#1b1b1a;--soft:#5f5e5a;--rule:#dcdad3;--faint:#f4f2ec;--mark:#23507c;--pass:#1c6b45;--warn:#855400;--block:#a3211c;--passbg:#edf5f0;--warnbg:#fbf3e2;--blockbg:#fbeeec;
--serif:Charter,"Bitstream Charter","Sitka Text",Cambria,"Songti SC","Noto Serif CJK SC",Georgia,serif;--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Noto Sans","Liberation Sans","PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
@media (prefers-color-scheme:dark){:root{--paper:#16171a;--ink:#e9e7e1;--soft:#a5a39c;--rule:#3a3b40;--faint:#1f2125;--mark:#8db9e4;--pass:#7cc9a0;--warn:#e2b460;--block:#f2938b;--passbg:#18261f;--warnbg:#2a2317;--blockbg:#2d1c1b}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 var(--sans);overflow-wrap:break-word}
main,header,footer{max-width:64rem;margin:0 auto;padding:0 1rem}
header{padding-top:2.5rem}
.kicker{margin:0;color:var(--soft);font-size:.8125rem;letter-spacing:.06em;text-transform:uppercase}
h1,h2,.headline{font-family:var(--serif);font-weight:600;line-height:1.2;text-wrap:balance}
h1{font-size:2.125rem;margin:.25rem 0 1.5rem}
h2{font-size:1.5rem;margin:0 0 .25rem}
h3{font-size:1rem;margin:2rem 0 .5rem}
section{border-top:1px solid var(--rule);margin-top:3rem;padding-top:1.25rem}
.lead{color:var(--soft);max-width:42rem;margin:.25rem 0 1.25rem}
p{max-width:42rem}
.verdict{border-left:.375rem solid;padding:1rem 1.25rem;margin:0 0 1.5rem}
.verdict p{margin:.25rem 0 0}
.headline{font-size:2rem;margin:0!important}
.verdict.pass{border-color:var(--pass);background:var(--passbg)}.verdict.warn{border-color:var(--warn);background:var(--warnbg)}.verdict.block{border-color:var(--block);background:var(--blockbg)}
.pass{color:var(--pass)}.warn{color:var(--warn)}.block{color:var(--block)}
.verdict p:not(.headline){color:var(--ink)}
nav{font-size:.875rem;line-height:2}
nav ul{list-style:none;margin:1rem 0 0;padding:0;display:flex;flex-wrap:wrap;gap:0 1.25rem}
a{color:var(--mark);text-underline-offset:.2em;text-decoration-thickness:1px}
dl{display:grid;grid-template-columns:minmax(8rem,max-content) minmax(0,1fr);gap:.25rem 1.5rem;margin:1rem 0;font-size:.9375rem}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
code,.code{font-family:var(--mono);font-size:.86em}
pre{background:var(--faint);border:1px solid var(--rule);padding:.75rem 1rem;overflow-x:auto;margin:.5rem 0 1rem;max-width:100%}
.findings{list-style:none;margin:1rem 0;padding:0}
.findings li{display:grid;grid-template-columns:5rem minmax(0,1fr);gap:0 1rem;padding:.75rem 0;border-top:1px solid var(--rule)}
.findings li:last-child{border-bottom:1px solid var(--rule)}
.badge{font-weight:600;font-size:.9375rem;white-space:nowrap}
.findings p{margin:0}
.findings .about{color:var(--soft);font-size:.875rem;margin-top:.125rem}
.about span{margin-right:1.25rem;display:inline-block}
.about b{font-weight:400;color:var(--ink);font-variant-numeric:tabular-nums}
.scroll{overflow-x:auto;margin:1.25rem 0 1.75rem;max-width:100%}
.scroll:focus-visible,a:focus-visible,summary:focus-visible{outline:2px solid var(--mark);outline-offset:2px}
table{border-collapse:collapse;font-size:.875rem;line-height:1.4;font-variant-numeric:tabular-nums lining-nums;min-width:min(100%,20rem)}
caption{text-align:left;font-weight:600;font-size:.9375rem;padding-bottom:.5rem}
caption span{display:block;font-weight:400;color:var(--soft);font-size:.875rem;max-width:42rem}
th,td{text-align:left;vertical-align:top;padding:.3125rem 1.5rem .3125rem 0;border-bottom:1px solid var(--rule)}
th:last-child,td:last-child{padding-right:0}
thead th{font-weight:600;color:var(--soft);vertical-align:bottom;border-bottom:1px solid var(--ink);font-size:.8125rem}
tbody th{font-weight:400;min-width:6rem}
.r{text-align:right}
td.r,td.code{white-space:nowrap}
td small{display:block;color:var(--soft);font-size:.75rem}
td.muted{color:var(--soft);font-style:italic;white-space:normal}
td.t{font-weight:600;white-space:nowrap}
details{margin:1.25rem 0}details .scroll{margin:.75rem 0 1.25rem}
summary{cursor:pointer;font-weight:600;font-size:.9375rem}summary span{font-weight:400;color:var(--soft);font-size:.875rem;margin-left:.5rem}
.more{color:var(--soft);font-size:.875rem;margin:-1.25rem 0 1.75rem}
figure{margin:1.5rem 0}
figcaption{font-weight:600;font-size:.9375rem;margin-bottom:.75rem}
figcaption span{display:block;font-weight:400;color:var(--soft);font-size:.875rem;max-width:42rem}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,18rem),1fr));gap:0 1.5rem}
.panels{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,19rem),1fr));gap:1.5rem 1.25rem}
.two{grid-template-columns:repeat(auto-fill,minmax(min(100%,24rem),1fr))}
.beside{display:flex;flex-wrap:wrap;gap:0 4rem}.beside>*{min-width:0;max-width:100%}.beside>:first-child{flex:0 1 22rem}
svg{display:block;max-width:100%;height:auto;font:12px var(--sans);font-variant-numeric:tabular-nums}
svg text{fill:var(--ink)}svg .soft{fill:var(--soft)}svg .strong{font-weight:600}svg .italic{font-style:italic}svg .mono{font-family:var(--mono)}
svg text.pass{fill:var(--pass)}svg text.warn{fill:var(--warn)}svg text.block{fill:var(--block)}
.fill-pass{fill:var(--pass)}.fill-warn{fill:var(--warn)}.fill-block{fill:var(--block)}
.box{fill:var(--faint);stroke:var(--rule)}.box.missing{fill:none;stroke:var(--soft);stroke-dasharray:4 4}
.arrow{stroke:var(--ink);fill:none;stroke-width:1.25}.arrow.missing{stroke-dasharray:4 4;stroke:var(--soft)}
.grid{stroke:var(--rule);stroke-width:1}.axis{stroke:var(--soft);stroke-width:1}
.all{stroke:var(--soft);stroke-width:1;stroke-dasharray:3 3}
.bar{stroke:var(--mark);stroke-width:1.75;fill:none}.dot{fill:var(--mark);stroke:var(--paper);stroke-width:1.25}
.curve{fill:none;stroke:var(--mark);stroke-width:1.75;stroke-linejoin:round}.curve.dashed{stroke:var(--soft);stroke-dasharray:5 3}
.allowed{fill:var(--faint)}.forbidden{stroke:none}.limit{stroke:var(--ink);stroke-width:1.5}.hatching{stroke:var(--soft);stroke-width:1;opacity:.7}
.cell{fill:var(--mark)}.cell.missing{fill:none;stroke:var(--rule);stroke-dasharray:3 3}.solid{fill:var(--mark)}.hollow{fill:none;stroke:var(--soft)}.ring{fill:var(--paper);stroke:var(--mark);stroke-width:1.5}
.narrow{display:none}.defs{position:absolute}
footer{color:var(--soft);font-size:.875rem;padding-top:2rem;padding-bottom:4rem}
@media (max-width:60rem){.wide{display:none}.narrow{display:block}}
@media (max-width:40rem){h1{font-size:1.75rem;margin-bottom:1rem}header{padding-top:1.5rem}dl{grid-template-columns:minmax(0,1fr);gap:0}dd{margin-bottom:.5rem}.findings li{grid-template-columns:minmax(0,1fr)}section{margin-top:2.25rem}}
@media print{details::details-content{content-visibility:visible;display:block;height:auto}summary{list-style:none}:root{--paper:#fff;--ink:#000;--soft:#444;--rule:#bbb;--faint:#f6f6f6;--mark:#23507c;--pass:#14532d;--warn:#6b4400;--block:#8a1a16;--passbg:#fff;--warnbg:#fff;--blockbg:#fff}@page{margin:16mm}body{font-size:10.5pt}nav{display:none}.scroll{overflow:visible}pre{white-space:pre-wrap}td.code{white-space:normal;overflow-wrap:anywhere}figure,tr,.findings li,.verdict{break-inside:avoid}h2,h3,caption,figcaption{break-after:avoid}.wide{display:block;width:100%}.narrow{display:none}}
`.trim();
