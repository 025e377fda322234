import * as z from 'zod';
import { conversionChain, conversionRefusal } from './conversion';
import { eventFilter, withFesFilter } from './filter';
import { columnTransform } from './filter-transform';
import { flowSpec } from './flow';
import { slug } from './names';
import { recoverySpec } from './recovery';
import { formatProblems } from './sink/kafka-format';
import { sinkSpec } from './sink/sink-spec';
import { topicIsRouted } from './sink/topic-template';
import { sourceSpec } from './source';
import { spillRefusal, spillSpec } from './spill';

/**
 * What a builder declares. One definition for form, server action, worker, API and YAML.
 * Its YAML form is a document with `applicationId` and one entry of `eventStreams` (stream-yaml.ts),
 * the shape of Zalando's FabricEventStream.
 */
const plainSpec = z
  .strictObject({
    applicationId: slug,
    source: sourceSpec,
    /** Absent = every change passes. */
    filter: eventFilter.optional(),
    /** Absent = columns as they are. */
    transform: columnTransform.optional(),
    flow: flowSpec,
    /** Work done on the flow's events before the sink has them, in this order. Absent = none. */
    conversions: conversionChain.optional(),
    sink: sinkSpec,
    recovery: recoverySpec,
    /** Absent = on, as SPILL_DEFAULTS says; off for a sink that is exactly-once. */
    spill: spillSpec.optional(),
  })
  .superRefine(({ flow, conversions, sink, source, spill }, context) => {
    const refusal = spillRefusal(sink, spill);
    if (refusal) context.addIssue({ code: 'custom', path: ['spill', 'enabled'], message: refusal, input: true });
    const unconverted = conversions && conversionRefusal(sink);
    if (unconverted) context.addIssue({ code: 'custom', path: ['conversions'], message: unconverted, input: conversions });
    if (sink.type === 'Kafka' && topicIsRouted(sink.topic) && flow.type !== 'Outbox') {
      const message = '{routed} is what an Outbox flow routes by: choose that flow, or write the topic out';
      context.addIssue({ code: 'custom', path: ['sink', 'topic'], message, input: sink.topic });
    }
    for (const { field, value, remedy } of sink.type === 'Kafka' ? formatProblems({ flow, sink, source }) : []) {
      context.addIssue({ code: 'custom', path: field.split('.'), message: remedy, input: value });
    }
    // The bus takes events of its own shape only.
    if (sink.type !== 'Nakadi' || flow.type === 'PostgresWalToGenericNakadiEvent') return;
    const message = 'choose PostgresWalToGenericNakadiEvent: a Nakadi sink takes the events of that flow only';
    context.addIssue({ code: 'custom', path: ['flow', 'type'], message, input: flow.type });
  });
export const streamSpec = z.preprocess(withFesFilter, plainSpec);
export type StreamSpec = z.infer<typeof streamSpec>;
/** The spec as typed, before defaults are filled in. */
export type StreamSpecInput = z.input<typeof plainSpec>;
