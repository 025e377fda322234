import { messageOf, SpillwayError } from '@/core/errors';
import manifest from '@/package.json';
import { createConversion } from '@/worker/flow/conversion-registry';
import type { Flow, FlowContext } from '@/worker/flow/flow';
import { createFlow } from '@/worker/flow/registry';
import { withColumns } from '@/worker/flow/with-columns';
import { withKey } from '@/worker/flow/with-key';
import { createSink } from '@/worker/sink/registry';
import type { DeliveryError, Sink } from '@/worker/sink/sink';
import type { Assignment } from './assignment';
import { convertingSink } from './converting-sink';
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

/**
 * `notice`: what the flow has to tell people; `guard` stands right before the sink, behind the conversions. Rejects with
 * SpillwayError sink_misconfigured when spec and sink target do not fit.
 */
export async function makeStages(
  { spec, source, sinkConfig, sinkSecret, streamId, streamName, epoch, slotEpoch, catalogUrl, conversionTargets = {} }: Assignment,
  notice: FlowContext['notice'],
  guard: (sink: Sink) => Sink,
): Promise<Stages> {
  const flow = createFlow(spec.flow, {
    logicalName: spec.applicationId,
    database: source.database,
    tombstones: spec.sink.type === 'Kafka' && spec.sink.tombstones,
    spillwayVersion: manifest.version,
    notice,
  });
  const plain = await createSink(spec.sink, sinkConfig, sinkSecret, { streamId, streamName, epoch, catalogUrl });
  const conversions = await Promise.all(
    (spec.conversions ?? []).map((each) => createConversion(each, { streamName, targets: conversionTargets })),
  );
  const sink = conversions.length > 0 ? convertingSink(guard(plain), conversions) : guard(plain);
  const positions = sink.positions ? new KeptPositions(sink.positions, epoch, slotEpoch ?? 0) : null;
  const described = plain.schemas ? await withSchemas(flow, spec) : flow;
  const routable = await withKey(withColumns(described, sink.columns ?? []), sink.keyExpression);
  return { flow: routable, sink, positions, openSink: (signal) => openSink(sink, positions, signal) };
}

/** Loaded by the streams that send schemas. */
async function withSchemas(flow: Flow, { flow: spec, applicationId }: Assignment['spec']): Promise<Flow> {
  return (await import('@/worker/flow/with-schemas')).withSchemas(flow, spec, applicationId);
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
