import type { CheckStep } from '@/core/dto/inspection';
import { type FieldProblem, messageOf } from '@/core/errors';
import { type CopySink, copyPlace, copySinkOf } from '@/core/spec/recovery';
import type { SinkSpec } from '@/core/spec/sink/sink-spec';
import { targetTypeOf } from '@/core/spec/sink-target';
import type { StreamSpec } from '@/core/spec/stream-spec';
import { copySinkSpec } from '@/worker/pipeline/letter-copies';
import { createSink } from '@/worker/sink/registry';
import { sinkTargetByName } from '../catalog/sink-targets';
import { openSinkSecret } from '../connections';
import type { InspectionContext } from './context';

/** A form waits for the answer. */
const TIMEOUT_MS = 5_000;
const CHECK = 'Copies of dead letters';

/**
 * Looks whether the sink that recovery names beside the catalog is there: its target registered and of the right type, its queue, topic
 * or event type known to the server. A server that does not answer now is a warning: copies wait for it.
 */
export async function checkLetterSink(
  { applicationId, recovery }: StreamSpec,
  { catalog, privateKey, signal }: InspectionContext,
): Promise<{ problems: FieldProblem[]; checks: CheckStep[] }> {
  const named = copySinkOf(recovery);
  if (!named) return { problems: [], checks: [] };
  const target = await sinkTargetByName(catalog.query, named.target);
  if (!target) return problem('recovery.sink.target', named.target, 'choose a registered sink target');
  const wanted = targetTypeOf(named.type);
  if (target.config.type !== wanted) {
    const remedy = `"${target.name}" is of type ${target.config.type}; choose a target of type ${wanted}`;
    return problem('recovery.sink.type', named.type, remedy);
  }
  try {
    const spec: SinkSpec = copySinkSpec(named);
    const about = { streamId: '00000000-0000-0000-0000-000000000000', streamName: applicationId, epoch: 0, catalogUrl: catalog.url };
    const sink = await createSink(spec, target.config, openSinkSecret(target, privateKey), about);
    try {
      const steps = await sink.check(AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]));
      return verdict(named, steps);
    } finally {
      await sink.close().catch(() => undefined);
    }
  } catch (thrown) {
    return { problems: [], checks: [warning(named, messageOf(thrown))] };
  }
}

function verdict(named: CopySink, steps: readonly CheckStep[]): { problems: FieldProblem[]; checks: CheckStep[] } {
  const failed = steps.find(({ status }) => status === 'failed');
  if (!failed) return { problems: [], checks: [{ name: CHECK, status: 'ok', finding: `They go to ${copyPlace(named)}, which is there.` }] };
  const words = `${failed.finding} ${failed.remedy ?? ''}`.trim();
  if (!['Queue', 'Topic', 'Event type'].includes(failed.name)) return { problems: [], checks: [warning(named, words)] };
  const [field, value] = placeOf(named);
  return problem(field, value, words);
}

function placeOf(named: CopySink): readonly [field: string, value: string] {
  switch (named.type) {
    case 'SqsStandard':
      return ['recovery.sink.queueName', named.queueName];
    case 'Kafka':
      return ['recovery.sink.topic', named.topic];
    case 'Nakadi':
      return ['recovery.sink.eventType', named.eventType];
  }
}

function problem(field: string, value: string, remedy: string): { problems: FieldProblem[]; checks: CheckStep[] } {
  return { problems: [{ field, value, remedy }], checks: [] };
}

function warning(named: CopySink, finding: string): CheckStep {
  const remedy = 'The stream runs all the same and copies wait in the catalog; check the sink target.';
  return { name: CHECK, status: 'warning', finding: `${copyPlace(named)}: ${finding}`, remedy };
}
