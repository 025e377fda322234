import { fileURLToPath } from 'node:url';
import { messageOf } from '@/core/errors';
import { loadOrCreateKey } from './secrets/key-file';
import { startWorker } from './supervisor/worker';
import { readWorkerEnv } from './supervisor/worker-env';
import { serveHealth } from './telemetry/health-server';
import { createLog } from './telemetry/log';

const log = createLog();

async function main(): Promise<void> {
  const env = readWorkerEnv(process.env);
  const worker = startWorker({
    catalogUrl: env.catalogUrl,
    workerId: env.workerId,
    key: loadOrCreateKey(env.keyFile),
    // The bundler puts both entry points into one folder.
    pipelineScript: fileURLToPath(new URL('./pipeline.mjs', import.meta.url)),
    log,
    spillLimits: env.spillLimits,
  });
  const health = env.healthPort === null ? null : await serveHealth(env.healthPort, worker.health, worker.gauges);
  log.info({ workerId: env.workerId, pid: process.pid, healthPort: health?.port }, 'worker started');

  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'worker is stopping');
    try {
      await worker.stop();
      health?.close();
      log.info('worker stopped');
    } finally {
      process.exit(0);
    }
  };
  process.on('SIGTERM', () => void stop('SIGTERM'));
  process.on('SIGINT', () => void stop('SIGINT'));
}

// One stream's surprise must not end the streams of all: it is logged, and the parts that failed try again.
process.on('unhandledRejection', (thrown) => log.error({ err: thrown }, 'unhandled rejection'));
process.on('uncaughtException', (thrown) => log.error({ err: thrown }, 'uncaught exception'));

main().catch((thrown: unknown) => {
  log.fatal({ err: thrown }, messageOf(thrown));
  process.exit(1);
});
