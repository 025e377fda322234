/** A gauge of one stream, as Prometheus' text format 0.0.4 prints it. */
export interface Gauge {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter';
  readonly values: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number | null }[];
}

/** Prints gauges; a value that is not known is left out, never shown as 0. */
export function printMetrics(gauges: readonly Gauge[]): string {
  const lines: string[] = [];
  for (const gauge of gauges) {
    lines.push(`# HELP ${gauge.name} ${gauge.help}`, `# TYPE ${gauge.name} ${gauge.type}`);
    for (const { labels, value } of gauge.values) {
      if (value === null || !Number.isFinite(value)) continue;
      const text = Object.entries(labels).map(([name, label]) => `${name}="${escapeLabel(label)}"`);
      lines.push(`${gauge.name}${text.length > 0 ? `{${text.join(',')}}` : ''} ${value}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
