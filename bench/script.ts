import type { ScriptLanguage } from '@/core/spec/script-conversion';
import { bundledSandbox } from '@/worker/flow/script/fixture';
import { event, scriptSpec } from '@/worker/flow/script/fixture-events';
import { createScriptConversion } from '@/worker/flow/script/script-conversion';
import type { Benchmark, Contender, Metric } from './harness/benchmark';
import { cpuMicros, pssBytes } from './harness/process-figures';

/** An update of an order in Debezium's envelope, 648 bytes. */
const VALUE = JSON.stringify({
  before: { id: 48213, status: 'paid', total: '249.90', version: 6, updated_at: '2026-03-01T09:41:07.000000Z' },
  after: { id: 48213, status: 'shipped', total: '249.90', version: 7, updated_at: '2026-03-01T10:20:00.100000Z' },
  source: {
    version: '0.1.0',
    connector: 'postgresql',
    name: 'orders',
    ts_ms: 1772360400123,
    snapshot: 'false',
    db: 'shop',
    sequence: '[null,"112394521600"]',
    ts_us: 1772360400123456,
    ts_ns: '#',
    schema: 'public',
    table: 'orders',
    txId: 771,
    lsn: 112394521600,
    xmin: null,
    origin: null,
    origin_lsn: null,
  },
  transaction: null,
  op: 'u',
  ts_ms: 1772360400200,
  ts_us: 1772360400200000,
  ts_ns: '#',
}).replaceAll('"#"', '1772360400123456789');

const SMALL =
  'export default ({ value }) => ({ value: { order: value.after.id, status: value.after.status, gross: value.after.total * 1.19 } })';
const METRICS: readonly Metric[] = [
  { name: 'start', unit: 'ms' },
  { name: 'events', unit: '/s' },
  { name: 'processor', unit: 'µs/event' },
  { name: 'pss', unit: 'MB', digits: 1 },
];
const BATCH = 200;

/** One sandbox from nothing to nothing: start, a warm-up that is not counted, then batches one after the other. */
function contender(name: string, code: string, language: ScriptLanguage, events: number): Contender {
  const batch = Array.from({ length: BATCH }, (_, seq) => event(seq, VALUE));
  return {
    name,
    async run() {
      const conversion = createScriptConversion(scriptSpec(code, { language }), { streamName: 'bench', targets: {} });
      const { signal } = new AbortController();
      const pass = async (count: number) => {
        for (let done = 0; done < count; done += BATCH) {
          const failed = (await conversion.convert(batch, signal)).find(({ kind }) => kind !== 'events');
          if (failed) throw new Error(JSON.stringify(failed));
        }
      };
      try {
        const began = performance.now();
        await conversion.open(signal);
        const start = performance.now() - began;
        await pass(events / 4);
        const pid = conversion.pid ?? 0;
        const [at, used] = [performance.now(), cpuMicros(pid)];
        await pass(events);
        const seconds = (performance.now() - at) / 1000;
        if (conversion.pid !== pid) throw new Error('the sandbox ended in the middle');
        return { start, events: events / seconds, processor: (cpuMicros(pid) - used) / events, pss: pssBytes(pid) / 1e6 };
      } finally {
        await conversion.close();
      }
    },
  };
}

export const benchmark: Benchmark = {
  name: 'script',
  title: 'a script in its sandbox: events of 648 bytes, one stream',
  floors: [],
  async run(context) {
    await bundledSandbox();
    const events = Math.ceil((20_000 * context.scale) / BATCH) * BATCH;
    await context.compare({
      table: 'script',
      metrics: METRICS,
      peer: 'JavaScript, three fields out',
      contenders: [
        contender('JavaScript, three fields out', SMALL, 'javascript', events),
        contender('TypeScript, three fields out', SMALL, 'typescript', events),
        contender('the event as it is', 'export default (event) => event', 'javascript', events),
      ],
    });
  },
};
