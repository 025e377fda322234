import type { KafkaSinkSpec } from '@/core/spec/sink/kafka';
import type { StreamSpec } from '@/core/spec/stream-spec';

/**
 * Which topics are a stream's, by the template of its sink: what is made of the row or of the route stands for any text. Null when
 * nothing of the name is fixed, so that any topic could be meant.
 */
export function ownTopics(sink: KafkaSinkSpec, spec: Pick<StreamSpec, 'source' | 'flow'>, application: string): RegExp | null {
  const routed = spec.flow.type === 'Outbox' ? spec.flow.routeTopicReplacement.replace(/\$\{[^}]*\}|\$\d/g, '{any}') : '{any}';
  const template = sink.topic
    .replaceAll('{routed}', routed)
    .replaceAll('{application}', application)
    .replaceAll('{schema}', spec.source.schema)
    .replaceAll('{table}', spec.source.table.name);
  const fixed = template.split(/\{[^{}]*\}/);
  if (fixed.every((text) => /^[._-]*$/.test(text))) return null;
  const literal = fixed.map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('[a-zA-Z0-9._-]+')}$`);
}
