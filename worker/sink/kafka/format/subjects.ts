import type { SubjectStrategy } from '@/core/spec/sink/kafka-format';
import type { ConnectSchema } from '@/worker/flow/flow';
import { legalDotted } from './names';

/** The subject of a key or a value. A record's name is that of its schema, as Avro and Protocol Buffers take it. */
export function subjectOf(strategy: SubjectStrategy, part: 'key' | 'value', topic: string, schema: ConnectSchema): string {
  const record = legalDotted(schema.name ?? 'Record');
  switch (strategy) {
    case 'topic':
      return `${topic}-${part}`;
    case 'record':
      return record;
    case 'topic_record':
      return `${topic}-${record}`;
  }
}
