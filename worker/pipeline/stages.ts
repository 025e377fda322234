import { messageOf, SpillwayError } from '@/core/errors';
import manifest from '@/package.json';
import type { Flow, FlowContext } from '@/worker/flow/flow';
import { createFlow } from '@/worker/flow/registry';
import { withColumns } from '@/worker/flow/with-columns';
import { createSink } from '@/worker/sink/registry';
import type { DeliveryError, Sink } from '@/worker/sink/sink';
import type { Assignment } from './assignment';
import { KeptPositions } from './kept-position';

/** The stages that a spec names, made by their registries. */
export interface Stages {
  readonly flow: Flow;
  readonly sink: Sink;
  /** Of a sink that keeps the stream's position with the events. */
  readonly positions?: KeptPositions | null;
  /** Connects; null when that worked. */
  readonly openSink: (signal: AbortSignal) => Promise<DeliveryError | null>;
}

/** `notice`: what the flow has to tell people. Rejects with SpillwayError sink_misconfigured when spec and sink target do not fit. */
export async function makeStages(
  { spec, source, sinkConfig, sinkSecret, streamId, streamName, epoch, catalogUrl }: Assignment,
  notice: FlowContext['notice'],
): Promise<Stages> {
  const flow = createFlow(spec.flow, {
    logicalName: spec.applicationId,
    database: source.database,
    tombstones: spec.sink.type === 'Kafka' && spec.sink.tombstones,
    spillwayVersion: manifest.version,
    notice,
  });
  const sink = await createSink(spec.sink, sinkConfig, sinkSecret, { streamId, streamName, epoch, catalogUrl });
  const positions = sink.positions ? new KeptPositions(sink.positions, epoch) : null;
  return { flow: withColumns(flow, sink.columns ?? []), sink, positions, openSink: (signal) => openSink(sink, positions, signal) };
}

/** Null when open. What only a person can mend (sink_misconfigured …) is thrown; anything else is an outage. */
export async function openSink(sink: Sink, positions: KeptPositions | null, signal: AbortSignal): Promise<DeliveryError | null> {
  try {
    await sink.open(signal);
    await positions?.read(signal);
    return null;
  } catch (thrown) {
    if (!(thrown instanceof SpillwayError)) return { errorClass: 'transient', message: messageOf(thrown) };
    if (thrown.kind === 'sink_auth_failed') return { errorClass: 'auth', message: thrown.message };
    if (thrown.kind === 'sink_unreachable') return { errorClass: 'transient', message: thrown.message };
    throw thrown;
  }
}
