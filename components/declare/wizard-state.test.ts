import { describe, expect, it } from 'vitest';
import type { TableInfo } from '@/core/dto/inspection';
import { importManifests } from '@/core/spec/fes/import-manifest';
import type { Connections } from '@/core/spec/fes/imported';
import { parseStreamYaml } from '@/core/spec/stream-yaml';
import { checkForm } from './form-check';
import { readForm } from './read-form';
import { formOf, nameOf, specOf, suggestedName, topicOf } from './spec-form';
import { firstOpenStep, problemsIn } from './steps';
import { stateOfDraft } from './wizard-start';
import { draftBody, reduce, startState, type WizardAction, type WizardState } from './wizard-state';
import { yamlEdit, yamlText } from './wizard-yaml';

const orders: TableInfo = {
  schema: 'public',
  name: 'order_items',
  kind: 'table',
  estimatedRows: 10,
  totalBytes: 8192,
  lastWriteAt: null,
  replicaIdentity: 'default',
  primaryKey: ['id'],
  identityColumns: ['id'],
  identityRemedy: null,
  columns: [],
};
const complete: WizardAction[] = [
  { type: 'database', database: 'shop' },
  { type: 'table', table: orders },
  { type: 'edit', section: 'sink', change: { type: 'Kafka', target: 'broker' } },
];
const run = (actions: WizardAction[], from: WizardState = startState('t1')) => actions.reduce(reduce, from);

describe('form and spec', () => {
  it('a form with source, table and sink is a valid spec, with the name and topic suggested from the table', () => {
    const check = checkForm(run(complete).form);
    expect(check).toMatchObject({
      ok: true,
      spec: { applicationId: 'order-items', sink: { type: 'Kafka', topic: 'order-items.public.order_items' } },
    });
  });

  it('an empty form names each open field with a remedy in plain words, and the first open step is the source', () => {
    const check = checkForm(startState('t1').form);
    if (check.ok) throw new Error('an empty form must not be valid');
    expect(check.problems).toContainEqual({ field: 'source.database', value: '', remedy: 'choose a source database' });
    expect(problemsIn('sink', check.problems)[0]).toMatchObject({ remedy: 'choose a sink target' });
    expect(firstOpenStep(check.problems)).toBe('source');
  });

  it('a figure that is not a number is refused with its range, not sent as text', () => {
    const state = run([...complete, { type: 'edit', section: 'recovery', change: { maxAttempts: 'many' } }]);
    expect(checkForm(state.form)).toMatchObject({ ok: false, problems: [{ field: 'recovery.maxAttempts', value: 'many' }] });
  });

  it('spec → form → spec changes nothing, and a default topic goes on following the name', () => {
    const check = checkForm(run(complete).form);
    if (!check.ok) throw new Error('must be valid');
    const form = formOf(check.spec);
    expect(specOf(form)).toEqual(specOf(run(complete).form));
    expect(topicOf({ ...form, applicationId: 'renamed' })).toBe('renamed.public.order_items');
  });

  it('suggested names are slugs, or empty when nothing usable is left', () => {
    expect(suggestedName('Order_Items')).toBe('order-items');
    expect(suggestedName('2024_orders_')).toBe('orders');
    expect(suggestedName('注文')).toBe('');
  });
});

describe('form and YAML', () => {
  it('valid YAML changes the form and stays as typed', () => {
    const state = run(complete);
    const text = `# mine\n${yamlText(state).replace('applicationId: order-items', 'applicationId: other')}`;
    const after = reduce(state, yamlEdit(text));
    expect(nameOf(after.form)).toBe('other');
    expect(yamlText(after)).toBe(text);
  });

  it('broken YAML names its line and leaves the form as it was', () => {
    const state = run(complete);
    const after = reduce(state, yamlEdit('applicationId: x\n  eventStreams: ['));
    expect(after.yamlProblems[0]?.field).toMatch(/^line \d+/);
    expect(after.form).toEqual(state.form);
  });

  it('a change of the form reprints the YAML', () => {
    const state = run([yamlEdit('not: yaml: at all'), ...complete]);
    expect(state.yamlProblems).toEqual([]);
    expect(parseStreamYaml(yamlText(state))).toMatchObject({ ok: true });
  });
});

describe('picking', () => {
  it('another source forgets the table, the same source does not', () => {
    expect(run([...complete, { type: 'database', database: 'shop' }]).form.source.table).toBe('order_items');
    expect(run([...complete, { type: 'database', database: 'crm' }]).form.source.table).toBe('');
  });

  it('a table without a replica identity keeps insert only, so that updates at the source cannot fail', () => {
    const bare: TableInfo = { ...orders, name: 'log', primaryKey: [], identityColumns: [], identityRemedy: 'ALTER TABLE …' };
    expect(run([{ type: 'table', table: bare }]).form.source.operations).toEqual(['insert']);
  });

  it('columns are forgotten with the table they belong to', () => {
    const state = run([...complete, { type: 'columns', columns: ['id'] }]);
    expect(reduce(state, { type: 'table', table: orders }).form.source.columns).toEqual(['id']);
    expect(reduce(state, { type: 'table', table: { ...orders, name: 'other' } }).form.source.columns).toBeNull();
  });
});

const NO_CONNECTIONS: Connections = { sources: [], targets: [] };

function importedEntries({ recovery = '{ type: None }', filter = '', connections = NO_CONNECTIONS } = {}) {
  const place = "jdbcConnection: { jdbcUrl: 'jdbc:postgresql://db/x' }, table: { name: my_events_outbox }";
  const source = `{ type: PostgresLogicalReplication, ${place}${filter ? `, filter: "${filter}"` : ''} }`;
  const flow = '{ type: PostgresWalToGenericNakadiEvent, payloadColumn: my_event_payload }';
  const entry = `{ source: ${source}, flow: ${flow}, sink: { type: Nakadi, eventType: my-events }, recovery: ${recovery} }`;
  const read = importManifests(`{ applicationId: my-application, eventStreams: [${entry}] }`, connections);
  return read.ok ? read.entries : [];
}

describe('drafts', () => {
  it('a draft brings back exactly what was typed, broken YAML included', () => {
    const state = run([...complete, { type: 'reason', reason: 'search index' }, yamlEdit('oh: ['), { type: 'go', step: 'sink' }]);
    const back = stateOfDraft({ teamId: 't1', body: JSON.parse(JSON.stringify(draftBody(state))), step: state.step });
    expect({ ...back, edits: state.edits }).toEqual(state);
  });

  it('a draft that an import made opens filled, and keeps its table when the database is chosen', () => {
    const [entry] = importedEntries();
    const state = stateOfDraft({ teamId: 't1', body: { spec: entry?.draft }, step: 'review' });
    expect(state.form).toMatchObject({
      applicationId: 'my-application',
      source: { database: '', table: 'my_events_outbox', operations: ['insert', 'update'], snapshot: 'no_data' },
      flow: { type: 'PostgresWalToGenericNakadiEvent', payloadColumn: 'my_event_payload' },
      sink: { type: 'Nakadi', target: '', eventType: 'my-events' },
      recovery: { type: 'None' },
    });
    const chosen = reduce(state, { type: 'database', database: 'shop' });
    expect(chosen.form.source).toMatchObject({ database: 'shop', table: 'my_events_outbox' });
    expect(reduce(chosen, { type: 'database', database: 'crm' }).form.source.table).toBe('');
    const saved = stateOfDraft({ teamId: 't1', body: JSON.parse(JSON.stringify(draftBody(chosen))), step: 'review' });
    expect(saved.form).toEqual(chosen.form);
  });

  it('a draft whose connections were all found is a whole stream at once', () => {
    const [entry] = importedEntries({
      recovery: '{ type: DeadLetter, sink: { type: SqsStandard, queueName: letters } }',
      filter: '[?(@.source.txId > 500)]',
      connections: {
        sources: [{ name: 'shop', host: 'db', port: 5432, database: 'x', standbys: [] }],
        targets: [
          { name: 'bus', type: 'Nakadi' },
          { name: 'queues', type: 'Sqs' },
        ],
      },
    });
    const state = stateOfDraft({ teamId: 't1', body: { spec: entry?.draft }, step: 'review' });
    expect(checkForm(state.form)).toEqual({ ok: true, spec: entry?.draft });
    expect(entry?.draft).toMatchObject({ filter: { jsonPath: '[?(@.source.txId > 500)]' }, recovery: { sink: { target: 'queues' } } });
  });

  it('a draft of another version, or rubbish, opens with defaults instead of failing', () => {
    expect(readForm({ source: { operations: 'all', columns: 7 }, sink: null, recovery: { maxAttempts: 4 } })).toEqual(startState('t').form);
    expect(stateOfDraft({ teamId: 't', body: 'rubbish', step: 'gone' }).step).toBe('source');
  });
});
