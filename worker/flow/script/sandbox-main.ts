import { Socket } from 'node:net';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { runCell } from './cell';
import { LIFELINE_FD, SANDBOX_END } from './frames';
import { ownThread, Stopwatch, threadClock } from './stopwatch';

/**
 * The process of one stream's script. Its first thread runs nothing of the script: it ends the process when the host is gone or when a run holds
 * the processor beyond its limit, in a loop of the engine's own that asks nobody. The other thread is the cell.
 */
const WATCH_EVERY_MS = 25;
/** The cell ends a run by itself first, where it can. */
const GRACE_MS = 100;
/** Of the cell's own heap, not of the engine's memory. */
const HEAP_MB = 64;

interface CellData {
  readonly shared: SharedArrayBuffer;
}

function end(signal: NodeJS.Signals): void {
  process.kill(process.pid, signal);
}

function watch(): void {
  const lifeline = new Socket({ fd: LIFELINE_FD, readable: true, writable: false });
  for (const gone of ['end', 'close', 'error'] as const) lifeline.on(gone, () => end('SIGKILL'));
  lifeline.resume();
  const data: CellData = { shared: Stopwatch.memory() };
  const cell = new Worker(new URL(import.meta.url), {
    workerData: data,
    env: { TZ: 'UTC' },
    // Else this thread would take stdout for itself, and make the pipe one that does not block.
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: 4 },
  });
  cell.on('message', (thread: string) => {
    const stopwatch = new Stopwatch(data.shared, threadClock(thread));
    setInterval(() => {
      if (stopwatch.isOver(GRACE_MS)) end(SANDBOX_END.overtimeSignal);
    }, WATCH_EVERY_MS);
  });
  cell.on('error', () => process.exit(1));
  cell.on('exit', (code) => process.exit(code));
}

async function work({ shared }: CellData): Promise<void> {
  const thread = ownThread();
  parentPort?.postMessage(thread);
  await runCell(new Stopwatch(shared, threadClock(thread)));
}

if (isMainThread) watch();
else await work(workerData as CellData);
