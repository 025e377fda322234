import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { SpillLimits } from '@/worker/pipeline/spill-room';
import { preflight } from '@/worker/source/postgres/preflight';
import type { Health } from '@/worker/telemetry/health-server';
import type { Log } from '@/worker/telemetry/log';
import type { Gauge } from '@/worker/telemetry/metrics';
import { Catalog, isCatalogOutage } from './catalog/catalog';
import { WakeListener } from './catalog/wake-listener';
import { heartbeat } from './catalog/workers';
import { streamGauges } from './gauges';
import { Inspector } from './inspector';
import { Loop } from './loop';
import { Provisioner } from './provisioner';
import { Reporter } from './reporter';
import { endLeftovers } from './runtime/leftovers';
import { ProcessRuntime } from './runtime/process';
import { Supervisor } from './supervisor';
import { WalMonitor } from './wal-monitor';

export interface WorkerOptions {
  readonly catalogUrl: string;
  readonly workerId: string;
  readonly key: { readonly privateKey: string; readonly publicKey: string };
  /** Compiled entry point of a pipeline. */
  readonly pipelineScript: string;
  readonly log: Log;
  /** Of the durable buffers of all streams; absent = the defaults. */
  readonly spillLimits?: SpillLimits;
}

export interface Worker {
  health(): Health;
  gauges(): readonly Gauge[];
  /** Stops every pipeline side by side, gives the leases back and closes everything. */
  stop(): Promise<void>;
}

const HEARTBEAT_MS = 5_000;
const STOP_GRACE_MS = 12_000;
/** Leases and figures are written at the end where the catalog lets us; its absence must not keep the process. */
const FAREWELL_MS = 2_000;

/** Puts the parts together and starts them. A catalog that is away at first is waited for. */
export function startWorker({ catalogUrl, workerId, key, pipelineScript, log, spillLimits }: WorkerOptions): Worker {
  const catalog = new Catalog(catalogUrl);
  const { privateKey } = key;
  const instance = { workerId, instanceId: randomUUID(), publicKey: key.publicKey, host: hostname() };
  const provisioner = new Provisioner({
    catalog,
    privateKey,
    log,
    preflight: (source, spec, publicationName) => preflight({ source, spec, publicationName }),
  });
  const runtime = new ProcessRuntime(pipelineScript, log);
  const supervisor = new Supervisor({ catalog, workerId, privateKey, runtime, provisioner, log, spillLimits });
  const monitor = new WalMonitor({
    catalog,
    privateKey,
    log,
    outbox: supervisor.outbox,
    owned: () => supervisor.owned(),
    inFlightEvents: (streamId) => supervisor.figures.inFlightEvents(streamId),
    confirmedLsn: (streamId) => supervisor.figures.confirmedLsn(streamId),
    onTrouble: (streamId, kind, reason) => supervisor.sourceTrouble(streamId, kind, reason),
    onRetained: (streamId, wal) => supervisor.pipelines.get(streamId)?.handle.send({ type: 'wal', ...wal }),
    onSlotLost: (streamId, reason, detail) => supervisor.slotLost(streamId, reason, detail),
  });
  const reporter = new Reporter({ catalog, supervisor, log, slotBytes: (streamId) => monitor.slotBytes(streamId) });
  const inspector = new Inspector({ catalog, privateKey, log });
  const beat = new Loop(
    HEARTBEAT_MS,
    () => heartbeat(catalog.query, instance),
    (thrown) => {
      if (!isCatalogOutage(thrown)) log.error({ err: thrown }, 'the heartbeat failed');
    },
  );
  const listener = new WakeListener(catalogUrl, {
    onWake: (payload) => {
      const streamId = lettersOf(payload);
      if (streamId) supervisor.lettersChanged(streamId);
      supervisor.wake();
    },
    onInspection: () => inspector.kick(),
  });

  void endLeftovers(log);
  beat.start();
  supervisor.start();
  monitor.start();
  reporter.start();
  inspector.start();
  listener.start();
  const slotBytes = (streamId: string) => monitor.slotBytes(streamId);
  return {
    health: () => ({
      ok: true,
      workerId,
      instanceId: instance.instanceId,
      pipelines: supervisor.pipelines.list().length,
      secondsSinceCatalog: Math.round(supervisor.sinceTurnMs() / 1000),
    }),
    gauges: () => streamGauges(supervisor, slotBytes),
    async stop() {
      const loops = async () => {
        await Promise.all([listener.close(), inspector.close(), monitor.close(), reporter.close(), beat.close()]);
      };
      const [farewell] = await Promise.all([supervisor.stop(STOP_GRACE_MS), within(FAREWELL_MS, loops)]);
      await within(FAREWELL_MS, async () => {
        await farewell();
        await reporter.writeFigures();
      });
      await within(FAREWELL_MS, () => catalog.close());
    },
  };
}

/** Stream whose letters people decided about; null for any other wake-up. Payloads are {streamId, what: 'letters'}. */
function lettersOf(payload: string): string | null {
  try {
    const { streamId, what } = JSON.parse(payload) as { streamId?: unknown; what?: unknown };
    return what === 'letters' && typeof streamId === 'string' ? streamId : null;
  } catch {
    return null;
  }
}

async function within(ms: number, work: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work().catch(() => undefined), late]);
  clearTimeout(timer);
}
