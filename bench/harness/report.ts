import type { Comparison, Metric } from './benchmark';
import type { Verdict } from './floors';
import { figure, ratios, type Samples, type Spread, spread } from './samples';

const shown = (value: number, digits: number): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
const ranged = ({ median, min, max }: Spread, digits: number): string =>
  `${shown(median, digits)} [${shown(min, digits)}–${shown(max, digits)}]`;
const times = (each: Spread): string => `× ${ranged(each, each.median < 0.095 ? 3 : 2)}`;

/** A table for a terminal and for a README: each cell is median [min–max] and the median of the ratios to the peer. */
export function tableOf(comparison: Comparison, samples: Samples): string {
  const names = [...samples.keys()];
  const peer = comparison.peer !== undefined && samples.has(comparison.peer) ? comparison.peer : names[0];
  const rows = names.map((name) => [name, ...comparison.metrics.map((metric) => cell(samples, name, metric, peer))]);
  const runs = Math.max(0, ...[...samples.values()].map((each) => each.filter(Boolean).length));
  const head = [
    `${comparison.table} (${runs} runs, × = to ${peer ?? 'nobody'})`,
    ...comparison.metrics.map(({ name, unit }) => (unit ? `${name}, ${unit}` : name)),
  ];
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function cell(samples: Samples, name: string, { name: metric, digits = 0 }: Metric, peer: string | undefined): string {
  const own = spread(figure(samples, name, metric));
  if (!own) return '–';
  const toPeer = peer === undefined || peer === name ? null : spread(ratios(samples, [name, metric], [peer, metric]));
  return toPeer ? `${ranged(own, digits)} ${times(toPeer)}` : ranged(own, digits);
}

export function floorLine({ text, met, reached, isRatio }: Verdict): string {
  const verdict = met === null ? 'not measured' : met ? 'met' : 'NOT MET';
  return `${verdict}: ${text}${reached ? ` (${isRatio ? times(reached) : ranged(reached, reached.median < 10 ? 2 : 0)})` : ''}`;
}
