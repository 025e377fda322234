import { expect, it } from 'vitest';
import { SpillwayError } from '@/core/errors';
import { outageCondition } from './condition';
import type { FromPipeline } from './messages';
import { StateReporter } from './state-reporter';

function reporter() {
  const sent: string[] = [];
  const subject = new StateReporter((report: Extract<FromPipeline, { type: 'state' }>) =>
    sent.push(report.errorKind ? `${report.state} ${report.errorKind}` : report.state),
  );
  return { sent, subject };
}
const down = (failures: number, message = 'refused') => outageCondition({ errorClass: 'transient', message }, 0, failures);

it('reports a change once, not each counter or wording of the same fault', () => {
  const { sent, subject } = reporter();
  subject.enter('streaming', 'x');
  subject.enter('streaming', 'x');
  subject.deliveryCondition(down(2));
  subject.deliveryCondition(down(3, 'timeout'));
  subject.deliveryCondition(null);
  expect(sent).toEqual(['streaming', 'retrying sink_unreachable', 'streaming']);
});

it('tells a phase again when it is about something else', () => {
  const { sent, subject } = reporter();
  subject.enter('snapshotting', 'rows are read');
  subject.enter('snapshotting', 'every row is read');
  expect(sent).toEqual(['snapshotting', 'snapshotting']);
});

it('puts a fault of the source before one of the sink, and comes back to the latter', () => {
  const { sent, subject } = reporter();
  subject.enter('streaming', 'x');
  subject.deliveryCondition(down(2));
  subject.sourceFault(new SpillwayError('source_unreachable', 'gone'));
  subject.enter('streaming', 'x');
  subject.deliveryCondition(null);
  expect(sent).toEqual(['streaming', 'retrying sink_unreachable', 'retrying source_unreachable', 'retrying sink_unreachable', 'streaming']);
});

it('names the states that wait for a person', () => {
  const { sent, subject } = reporter();
  for (const kind of ['slot_lost', 'position_mismatch', 'slot_in_use', 'publication_missing', 'source_unreachable'] as const)
    subject.sourceFault(new SpillwayError(kind, 'x'));
  expect(sent.map((text) => text.split(' ')[0])).toEqual(['slot_lost', 'position_mismatch', 'slot_in_use', 'failed', 'retrying']);
});
