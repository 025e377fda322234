/** The page of the demo receiver: what arrived, and the switches that make it misbehave. One document, no build step. */
export function receiverPage(): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Demo receiver</title>
<style>
:root { color-scheme: light dark; --bg: light-dark(#fff, #111413); --ink: light-dark(#171a19, #e7ecea); --soft: light-dark(#58615e, #9aa5a1); --line: light-dark(#dfe4e2, #2b312f); --accent: light-dark(#0f6b62, #5cc4b6); --danger: light-dark(#b3261e, #f2857d); --amber: light-dark(#8a5a00, #e5b454); }
* { box-sizing: border-box } body { margin: 0; background: var(--bg); color: var(--ink); font: 14px/1.5 ui-sans-serif, system-ui, sans-serif }
main { max-width: 1080px; margin: 0 auto; padding: 24px 16px 48px } h1 { font-size: 20px; margin: 0 } h2 { font-size: 14px; margin: 24px 0 8px } p { margin: 4px 0 0; color: var(--soft) }
.panel { display: grid; grid-template-columns: repeat(auto-fit, minmax(260px, 1fr)); gap: 16px; margin-top: 16px } fieldset { border: 1px solid var(--line); border-radius: 8px; padding: 12px 16px; margin: 0 } legend { font-weight: 600; padding: 0 4px }
label { display: flex; gap: 8px; align-items: baseline; padding: 3px 0 } button { font: inherit; padding: 6px 12px; border-radius: 6px; border: 1px solid var(--line); background: transparent; color: var(--ink); cursor: pointer; margin: 4px 4px 0 0 } button:hover { border-color: var(--accent) } :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
input[type=number] { width: 90px; font: inherit; padding: 4px 8px; border: 1px solid var(--line); border-radius: 6px; background: transparent; color: var(--ink) }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(130px, 1fr)); gap: 8px; margin: 16px 0 0 } dt { color: var(--soft) } dd { margin: 0; font-size: 20px; font-variant-numeric: tabular-nums }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px } table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums } th, td { text-align: left; padding: 6px 12px; border-bottom: 1px solid var(--line); white-space: nowrap } th { color: var(--soft); font-weight: 500 } tr:last-child td { border: 0 } code { font: 12px ui-monospace, monospace }
.refused { color: var(--danger) } .dup { color: var(--amber) }
</style>
</head>
<body><main>
<h1>Demo receiver</h1>
<p>An HTTP endpoint of the shop's partner. Spillway delivers signed batches to <code>POST /events</code>; this page shows what arrived.</p>
<div class="panel">
<fieldset><legend>Behaviour</legend>
<label><input type="radio" name="mode" value="accepting"> Accepting</label>
<label><input type="radio" name="mode" value="slow"> Slow: 1.5 s a request</label>
<label><input type="radio" name="mode" value="failing"> Failing: answers 503</label>
<label><input type="checkbox" id="xk"> Knows country XK (otherwise it refuses such orders with 422)</label></fieldset>
<fieldset><legend>The shop</legend>
<label>Transactions a second <input type="number" id="rate" min="0" max="2000" step="1"></label>
<button id="order">Place an order</button><button id="order-xk">Place an order to XK</button><p id="said" role="status"></p></fieldset>
</div>
<dl id="figures"></dl>
<h2>Last arrivals</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Last arrivals"><table><thead><tr><th>At</th><th>Table</th><th>Op</th><th>Key</th><th>Content</th><th>Commit to here</th><th>Answer</th></tr></thead><tbody id="rows"></tbody></table></div>
</main>
<script>
const el = (id) => document.getElementById(id);
const post = (path, body) => fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }).then((r) => r.json());
for (const radio of document.querySelectorAll('[name=mode]')) radio.addEventListener('change', () => post('/api/behaviour', { mode: radio.value }));
el('xk').addEventListener('change', (e) => post('/api/behaviour', { knowsXk: e.target.checked }));
el('rate').addEventListener('change', (e) => post('/api/rate', { rate: Number(e.target.value) }).then((r) => { el('said').textContent = r.error ?? 'Now ' + r.rate + ' transactions a second.'; }));
const order = (shipTo) => post('/api/order', { shipTo }).then((r) => { el('said').textContent = r.error ?? 'Order ' + r.id + ' is committed in the shop.'; });
el('order').addEventListener('click', () => order('DE'));
el('order-xk').addEventListener('click', () => order('XK'));
const cell = (text, name) => { const td = document.createElement('td'); td.textContent = text; if (name) td.className = name; return td; };
async function refresh() {
  const s = await fetch('/api/state').then((r) => r.json()).catch(() => null);
  if (!s) return;
  for (const radio of document.querySelectorAll('[name=mode]')) radio.checked = radio.value === s.mode;
  el('xk').checked = s.knowsXk;
  if (document.activeElement !== el('rate') && s.rate !== null) el('rate').value = s.rate;
  const figures = [['Accepted', s.accepted], ['Different events', s.unique], ['Duplicates', s.duplicates], ['Refused (422)', s.refused], ['Requests turned away (503)', s.turnedAway], ['Bad signatures', s.badSignatures]];
  el('figures').replaceChildren(...figures.map(([name, value]) => { const div = document.createElement('div'), dt = document.createElement('dt'), dd = document.createElement('dd'); dt.textContent = name; dd.textContent = value.toLocaleString('en'); div.append(dt, dd); return div; }));
  el('rows').replaceChildren(...s.latest.map((a) => { const tr = document.createElement('tr'); tr.append(cell(a.at.slice(11, 23)), cell(a.table), cell(a.op), cell(a.key), cell(a.summary), cell(a.lagMs === null ? 'snapshot' : a.lagMs + ' ms'), cell(a.status + (a.duplicate ? ' duplicate' : ''), a.status >= 300 ? 'refused' : a.duplicate ? 'dup' : '')); return tr; }));
}
refresh(); setInterval(() => { if (!document.hidden) refresh(); }, 1000);
</script>
</body></html>`;
}
