import type { DeadLetterSink, KEY_ORDERS, RecoverySpec } from '@/core/spec/recovery';
import type { SinkTargetType } from '@/core/spec/sink-target';
import { figure } from './typed';

/** The recovery part as the wizard's fields hold it: every choice's fields side by side. */
export interface RecoveryForm {
  readonly type: RecoverySpec['type'];
  readonly maxAttempts: string;
  readonly keyOrder: (typeof KEY_ORDERS)[number];
  readonly maxOpen: string;
  /** MiB; empty = as the product sets it. */
  readonly maxOpenMib: string;
  readonly sinkType: DeadLetterSink['type'];
  readonly sinkTarget: string;
  readonly queueName: string;
  readonly topic: string;
  readonly eventType: string;
}

export const EMPTY_RECOVERY_PART: RecoveryForm = {
  type: 'DeadLetter',
  maxAttempts: '3',
  keyOrder: 'park',
  maxOpen: '10000',
  maxOpenMib: '',
  sinkType: 'Catalog',
  sinkTarget: '',
  queueName: '',
  topic: '',
  eventType: '',
};

const MIB = 1024 * 1024;

/** The type of target that copies of dead letters need; null for those that stay in the catalog. */
export function copyTargetType(type: DeadLetterSink['type']): SinkTargetType | null {
  if (type === 'Catalog') return null;
  return type === 'SqsStandard' ? 'Sqs' : type;
}

/** The spec's recovery, valid or not. */
export function recoveryOf(form: RecoveryForm): Record<string, unknown> {
  const { type, keyOrder, maxOpenMib } = form;
  const maxAttempts = figure(form.maxAttempts);
  switch (type) {
    case 'None':
      return { type };
    case 'Ignore':
      return { type, maxAttempts };
    case 'DeadLetter':
      return {
        type,
        maxAttempts,
        keyOrder,
        maxOpen: figure(form.maxOpen),
        ...(maxOpenMib.trim() ? { maxOpenBytes: bytesOf(maxOpenMib) } : {}),
        ...(form.sinkType === 'Catalog' ? {} : { sink: copySinkOfForm(form) }),
      };
  }
}

/** The form of a valid recovery; what it does not say keeps the value of `before`. */
export function formOfRecoveryPart(recovery: RecoverySpec, before: RecoveryForm): RecoveryForm {
  if (recovery.type === 'None') return { ...before, type: 'None' };
  const base = { ...before, type: recovery.type, maxAttempts: String(recovery.maxAttempts) };
  if (recovery.type === 'Ignore') return base;
  const { keyOrder, maxOpen, maxOpenBytes, sink } = recovery;
  return {
    ...base,
    keyOrder,
    maxOpen: String(maxOpen),
    maxOpenMib: maxOpenBytes === undefined ? '' : String(maxOpenBytes / MIB),
    ...(sink ? formOfCopySink(sink) : { sinkType: 'Catalog' }),
  };
}

/** The recovery in a few words, for the summary. */
export function recoveryWords(form: RecoveryForm): string {
  if (form.type !== 'DeadLetter') return form.type;
  const behind = form.keyOrder === 'park' ? 'later events of the key park' : 'later events of the key go on';
  const words = `DeadLetter after ${form.maxAttempts} attempts, ${behind}`;
  const place = form.sinkType === 'Catalog' ? '' : placeOfCopies(form);
  return place ? `${words}; copies go to ${place}` : words;
}

function placeOfCopies({ sinkType, sinkTarget, queueName, topic, eventType }: RecoveryForm): string {
  const at = { SqsStandard: queueName, Kafka: topic, Nakadi: eventType, Catalog: '' }[sinkType];
  return [at, sinkTarget].filter(Boolean).join(' of ');
}

function copySinkOfForm({ sinkType: type, sinkTarget: target, queueName, topic, eventType }: RecoveryForm): Record<string, unknown> {
  switch (type) {
    case 'Catalog':
      return { type };
    case 'SqsStandard':
      return { type, target, queueName };
    case 'Kafka':
      return { type, target, topic };
    case 'Nakadi':
      return { type, target, eventType };
  }
}

function formOfCopySink(sink: DeadLetterSink): Partial<RecoveryForm> {
  switch (sink.type) {
    case 'Catalog':
      return { sinkType: sink.type };
    case 'SqsStandard':
      return { sinkType: sink.type, sinkTarget: sink.target, queueName: sink.queueName };
    case 'Kafka':
      return { sinkType: sink.type, sinkTarget: sink.target, topic: sink.topic };
    case 'Nakadi':
      return { sinkType: sink.type, sinkTarget: sink.target, eventType: sink.eventType };
  }
}

/** Bytes when it is a figure, else the text itself, so that validation can name it. */
function bytesOf(typed: string): number | string {
  const figureTyped = Number(typed.trim());
  return Number.isFinite(figureTyped) ? figureTyped * MIB : typed;
}
