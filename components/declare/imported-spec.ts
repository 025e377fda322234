import { isKnownType, PARTS, settleSpec } from '@/core/spec/fes/loose-spec';
import { formOf, type SpecForm } from './spec-form';
import { record } from './typed';

/** The form of a draft that an import made: a spec in which names may still be empty. Null when the draft holds no such. */
export function formOfImported(stored: unknown): SpecForm | null {
  const { applicationId, ...fields } = record(stored);
  const [source, flow, sink, recovery] = PARTS.map((part) => record(fields[part])) as [Fields, Fields, Fields, Fields];
  const known = isKnownType('flow', flow.type) && isKnownType('sink', sink.type) && isKnownType('recovery', recovery.type);
  if (!known || source.type !== 'PostgresLogicalReplication') return null;
  const rest = Object.fromEntries(Object.entries(fields).filter(([name]) => !(PARTS as readonly string[]).includes(name)));
  return formOf(settleSpec({ applicationId, source, flow, sink, recovery, rest }).spec);
}

type Fields = Record<string, unknown>;
