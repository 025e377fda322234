import { messageOf, SpillwayError } from '@/core/errors';
import { stagedFlow } from '@/worker/flow/filter/staged-flow';
import type { FlowContext } from '@/worker/flow/flow';
import type { Assignment } from './assignment';
import { EXIT } from './exit-codes';
import { failpointsFrom } from './failpoints';
import { Fence, fencedSink, TICK_MS } from './fence';
import type { FromPipeline, ToPipeline } from './messages';
import { ownerOf } from './owner';
import { Pipeline } from './pipeline';
import { postgresLink } from './source-link';
import { withNotices } from './source-notices';
import { sparing } from './sparing';
import { makeStages } from './stages';
import { wholeRowBytes } from './whole-row-bytes';

/** A stream's process. It knows what the `assign` message tells it and talks to nobody but its supervisor, source, sink and catalog. */
const STOP_LIMIT_MS = 15_000;
let pipeline: Pipeline | null = null;
/** What came while the pipeline was being made. */
const early: ToPipeline[] = [];
let assigned = false;
let ending = false;

function send(message: FromPipeline, then?: () => void): void {
  if (process.connected && process.send) process.send(message, undefined, undefined, () => then?.());
  else then?.();
}

function fail(thrown: unknown): void {
  if (ending) return;
  ending = true;
  const error = thrown instanceof SpillwayError ? thrown : new SpillwayError('internal', messageOf(thrown));
  const code = error.kind === 'fenced' ? EXIT.fenced : EXIT.fault;
  // The channel may be stuck: the process ends either way.
  setTimeout(() => process.exit(code), 2_000).unref();
  send({ type: 'fault', errorKind: error.kind, message: error.message, detail: { ...error.detail } }, () => process.exit(code));
}

async function assign(assignment: Assignment): Promise<void> {
  process.title = `spillway ${assignment.streamName}`;
  const failpoint = failpointsFrom(process.env);
  const log = (level: string, msg: string) => process.stderr.write(`${JSON.stringify({ level, streamId: assignment.streamId, msg })}\n`);
  const fence = new Fence({ now: () => performance.now(), askOwner: ownerOf(assignment), onFenced: fail });
  setInterval(() => fence.tick(), TICK_MS).unref();
  const notice: FlowContext['notice'] = (level, reason) => {
    if (level === 'error') send({ type: 'notice', reason });
    else log(level, reason);
  };
  const made = await makeStages(assignment, notice, (sink) => fencedSink(sink, fence));
  const stages = { ...made, flow: await stagedFlow(made.flow, assignment.spec, (text) => log('info', text)) };
  const link = postgresLink(assignment, () => wholeRowBytes(stages.sink.limits));
  pipeline = new Pipeline(assignment, {
    stages,
    source: withNotices(link, send),
    send: sparing(send, () => performance.now()),
    failpoint,
  });
  for (const message of early.splice(0)) hear(pipeline, message);
  const settled = await pipeline.run();
  ending = true;
  setTimeout(() => process.exit(EXIT.stopped), 2_000).unref();
  send({ type: 'settled', known: settled }, () => process.exit(EXIT.stopped));
}

function stop(): void {
  // A sink that does not even answer an abort must not keep the process.
  setTimeout(() => process.exit(EXIT.stopped), STOP_LIMIT_MS).unref();
  if (pipeline) pipeline.stop();
  else process.exit(EXIT.stopped);
}

function hear(to: Pipeline, message: ToPipeline): void {
  if (message.type === 'letters-changed') to.lettersChanged();
  else if (message.type === 'snapshot-request-changed') to.snapshotRequestChanged();
  else if (message.type === 'wal') to.walSeen(message);
}

process.on('message', (message: ToPipeline) => {
  switch (message.type) {
    case 'assign':
      if (!assigned) assign(message.assignment).catch(fail);
      assigned = true;
      break;
    case 'ping':
      send({ type: 'pong', nonce: message.nonce });
      break;
    case 'stop':
      stop();
      break;
    default:
      if (pipeline) hear(pipeline, message);
      else early.push(message);
  }
});
// The supervisor is gone: nobody would fence or restart this process.
process.on('disconnect', stop);
process.on('SIGTERM', stop);
// A terminal's Ctrl-C reaches the whole group; the supervisor says when to stop.
process.on('SIGINT', () => undefined);
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
send({ type: 'ready' });
