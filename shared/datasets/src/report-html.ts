import type { Finding } from './findings.ts';
import { formatBytes } from './limits.ts';
import type { ClassReport, ValidationReport } from './report.ts';

/** Classes drawn; beyond it the page says how many are left out. */
const CLASSES_SHOWN = 1024;

/** The report as one page that needs nothing else: no script, no remote file, every name escaped. */
export function renderReport(report: ValidationReport): string {
  const isAccepted = report.outcome === 'accepted';
  const title = `${report.drop.name}: ${isAccepted ? 'accepted' : 'rejected'}`;
  const errors = report.findings.filter((finding) => finding.severity === 'error');
  const warnings = report.findings.filter((finding) => finding.severity === 'warning');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1><span class="badge ${report.outcome}">${report.outcome}</span> ${escapeHtml(report.drop.name)}</h1>
${summary(report)}
${section('What must be fixed', errors)}
${section(isAccepted ? 'What was left out, and what to look at' : 'What else was found', warnings)}
${classTable(report.classes)}
</main>
</body>
</html>
`;
}

function summary({ drop, layout, dataset, images, recipe }: ValidationReport): string {
  const rows: [string, string][] = [['Drop', `${drop.kind}, ${formatBytes(drop.bytes)}`]];
  if (layout) rows.push(['Layout', `${layout.format}: ${layout.evidence}`]);
  if (images.seen > 0)
    rows.push(['Images', `${number(images.seen)} seen, ${number(images.used)} used, ${number(images.bad)} bad`]);
  if (dataset) {
    rows.push(['Split', `${number(dataset.trainImages)} to train, ${number(dataset.validationImages)} to validate`]);
    rows.push(['Dataset version', dataset.digest]);
  }
  if (recipe) rows.push(['Recipe', recipe.path]);
  return `<dl>${rows.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`).join('')}</dl>`;
}

function section(title: string, findings: readonly Finding[]): string {
  if (findings.length === 0) return '';
  return `<h2>${escapeHtml(title)}</h2>\n${findings.map(findingBlock).join('\n')}`;
}

function findingBlock({ code, severity, message, action, count, examples }: Finding): string {
  const places = examples.filter((example) => example.where !== '');
  const items = places
    .map(({ where, detail }) => `<li><code>${escapeHtml(where)}</code> ${escapeHtml(detail)}</li>`)
    .join('');
  const more = count > examples.length ? `<p class="more">and ${number(count - examples.length)} more</p>` : '';
  const list =
    items === ''
      ? ''
      : `<details${places.length <= 5 ? ' open' : ''}><summary>Where</summary><ul>${items}</ul>${more}</details>`;
  return `<section class="${severity}"><p><strong>${escapeHtml(message)}</strong> <span class="code">${code}</span></p><p>${escapeHtml(action)}</p>${list}</section>`;
}

function classTable(classes: readonly ClassReport[]): string {
  if (classes.length === 0) return '';
  const most = Math.max(1, ...classes.map((one) => one.train + one.validation));
  const rows = classes.slice(0, CLASSES_SHOWN).map(({ name, train, validation, excluded }, label) => {
    const bar = (count: number, kind: string) =>
      `<i class="${kind}" style="width:${((100 * count) / most).toFixed(2)}%"></i>`;
    const counts = [train, validation, excluded].map((count) => `<td>${number(count)}</td>`).join('');
    return `<tr><td>${label}</td><th>${escapeHtml(name)}</th>${counts}<td class="bar">${bar(train, 'train')}${bar(validation, 'validation')}</td></tr>`;
  });
  const left = classes.length - rows.length;
  const head = '<tr><th>Label</th><th>Class</th><th>Train</th><th>Validate</th><th>Left out</th><th></th></tr>';
  return `<h2>Classes</h2><table>${head}${rows.join('\n')}</table>${left > 0 ? `<p>and ${number(left)} more</p>` : ''}`;
}

const number = (n: number) => n.toLocaleString('en');

function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (c) => entities[c] ?? c);
}

const style = `
:root{color-scheme:light dark;--good:#1a7f37;--bad:#cf222e;--warn:#9a6700;--line:#8884}
body{font:16px/1.5 system-ui,sans-serif;margin:0}main{max-width:60rem;margin:0 auto;padding:1.5rem}
h1{font-size:1.4rem;overflow-wrap:anywhere}h2{font-size:1.1rem;margin-top:2rem}
.badge{color:#fff;border-radius:.3rem;padding:.1rem .5rem}.accepted{background:var(--good)}.rejected{background:var(--bad)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{opacity:.7}dd{margin:0;overflow-wrap:anywhere}
section{border-left:.3rem solid var(--warn);padding:.1rem 1rem;margin:1rem 0}section.error{border-color:var(--bad)}section p{margin:.3rem 0}
.code{font:.75rem ui-monospace,monospace;opacity:.7}code{overflow-wrap:anywhere}li{margin:.1rem 0}
table{border-collapse:collapse;width:100%}td,th{text-align:right;padding:.15rem .6rem;border-bottom:1px solid var(--line);font-weight:400}
th:nth-child(2){text-align:left;overflow-wrap:anywhere}.bar{width:35%;white-space:nowrap;text-align:left;font-size:0}
.bar i{display:inline-block;height:.8rem}.train{background:#0969da}.validation{background:#8250df}`;
