import type { DebeziumEnvelopeSpec } from '@/core/spec/flow';

/** The modes that decide how a value is written. An encoder is chosen by them once per relation, never per value. */
export type ValueModes = Pick<
  DebeziumEnvelopeSpec,
  'decimalHandlingMode' | 'timePrecisionMode' | 'intervalHandlingMode' | 'binaryHandlingMode' | 'hstoreHandlingMode'
>;
