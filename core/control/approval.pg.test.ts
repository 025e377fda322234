import { afterAll, beforeAll, expect, it } from 'vitest';
import { catalog } from '@/core/catalog/client';
import { getRequest, listRequests } from '@/core/catalog/requests';
import { getStream } from '@/core/catalog/streams';
import type { SpillwayError } from '@/core/errors';
import { streamSpec } from '@/core/spec/stream-spec';
import { closeWorld, freshName, makePerson, openWorld, requestStream, specOf, type World } from './fixture';
import { register } from './sink-targets/register';
import { approve } from './slots/approve';
import { reject } from './slots/reject';
import { request } from './streams/request';
import { retire } from './streams/retire';
import { revise } from './streams/revise';
import { withdraw } from './streams/withdraw';

let world: World;
const BUDGET = 2 ** 28;
const reason = 'a reason that is long enough';

beforeAll(async () => {
  world = await openWorld();
});
afterAll(closeWorld);

const failure = (called: Promise<unknown>) =>
  called.then(
    () => ({ kind: 'none', message: '' }),
    (error: SpillwayError) => error,
  );

it('lets one of two admins win who decide at the same time, and tells the other who did', async () => {
  const { requestId, streamId } = await requestStream(world);
  const { admin, 'second admin': second } = world.people;
  const outcomes = await Promise.allSettled([
    approve.call(admin, { requestId, walBudgetBytes: BUDGET }),
    reject.call(second, { requestId, reason }),
    approve.call(second, { requestId, walBudgetBytes: BUDGET }),
  ]);
  const lost = outcomes.filter((outcome) => outcome.status === 'rejected').map((outcome) => outcome.reason as SpillwayError);
  expect(lost.map((error) => error.kind)).toEqual(['conflict', 'conflict']);
  expect(lost[0]?.message).toMatch(/^(pat|pia) (approved|rejected) this request already$/);
  const decisions = await catalog().auditEntry.count({ where: { subjectId: streamId, verb: { in: ['slots.approve', 'slots.reject'] } } });
  expect(decisions).toBe(1);
});

it('keeps an admin who is also a builder from approving their own request', async () => {
  const both = await makePerson('both', 'platform_admin', world.own.id, 'builder');
  const { requestId } = await request.call(both, { teamId: world.own.id, spec: specOf(freshName()), reason });
  expect(await failure(approve.call(both, { requestId, walBudgetBytes: BUDGET }))).toMatchObject({
    kind: 'forbidden',
    message: 'nobody approves their own request',
  });
  await approve.call(world.people.admin, { requestId, walBudgetBytes: BUDGET });
});

it('starts a stream with the budget that was approved', async () => {
  const { requestId, streamId } = await requestStream(world);
  await approve.call(world.people.admin, { requestId, walBudgetBytes: BUDGET, reason: 'fine' });
  const stream = await getStream(world.people.builder, streamId);
  expect(stream).toMatchObject({ state: 'approved', desired: 'running', walBudgetBytes: BUDGET, pendingRequest: null });
  expect(stream?.lastDecision).toMatchObject({ status: 'approved', decidedBy: 'pat', decisionReason: 'fine' });
  expect(stream?.timeline.map((entry) => entry.toState)).toEqual(['approved', 'requested']);
});

it('refuses a budget below four segments', async () => {
  const { requestId } = await requestStream(world);
  const error = await failure(approve.call(world.people.admin, { requestId, walBudgetBytes: 2 ** 26 - 1 }));
  expect(error).toMatchObject({ kind: 'invalid_input', detail: { problems: [{ field: 'walBudgetBytes' }] } });
});

it('voids a pending request when the source part changes, and asks again', async () => {
  const { requestId, streamId, name } = await requestStream(world);
  const revised = await revise.call(world.people.lead, { streamId, spec: specOf(name, 'customers'), reason });
  expect(revised).toEqual({ revisionNumber: 2, needsApproval: true });
  expect(await failure(approve.call(world.people.admin, { requestId, walBudgetBytes: BUDGET }))).toMatchObject({
    kind: 'conflict',
    message: 'lena voided this request already',
  });
  const stream = await getStream(world.people.admin, streamId);
  expect(stream).toMatchObject({ state: 'requested', spec: { source: { table: { name: 'customers' } } } });
  expect(stream?.pendingRequest?.requestedBy).toBe('lena');
});

it('voids a request whose revision is not what was requested', async () => {
  const { requestId, streamId, name } = await requestStream(world);
  await catalog().streamRevision.updateMany({ where: { streamId }, data: { spec: specOf(name, 'payments') } });
  const error = await failure(approve.call(world.people.admin, { requestId, walBudgetBytes: BUDGET }));
  expect(error.kind).toBe('conflict');
  expect((await getRequest(world.people.admin, requestId))?.status).toBe('voided');
  expect((await getStream(world.people.admin, streamId))?.desired).toBe('none');
});

it('makes a revision with the same source part current at once, and lets the old one run on otherwise', async () => {
  const { requestId, streamId, name } = await requestStream(world);
  await approve.call(world.people.admin, { requestId, walBudgetBytes: BUDGET });
  const sameSource = { ...specOf(name), recovery: { type: 'None' as const } };
  expect(await revise.call(world.people.builder, { streamId, spec: sameSource, note: 'stall instead' })).toEqual({
    revisionNumber: 2,
    needsApproval: false,
  });
  expect((await getStream(world.people.builder, streamId))?.spec.recovery.type).toBe('None');
  const otherTable = specOf(name, 'customers');
  expect(await failure(revise.call(world.people.builder, { streamId, spec: otherTable }))).toMatchObject({ kind: 'invalid_input' });
  expect((await revise.call(world.people.builder, { streamId, spec: otherTable, reason })).needsApproval).toBe(true);
  const waiting = await getStream(world.people.builder, streamId);
  expect(waiting?.spec.source.table.name).toBe('orders');
  await reject.call(world.people.admin, { requestId: waiting?.pendingRequest?.id, reason });
  expect(await getStream(world.people.builder, streamId)).toMatchObject({ state: 'approved', desired: 'running' });
});

it('refuses to rename a stream', async () => {
  const { streamId } = await requestStream(world);
  const error = await failure(revise.call(world.people.builder, { streamId, spec: specOf(freshName()), reason }));
  expect(error).toMatchObject({ kind: 'invalid_input', detail: { problems: [{ field: 'applicationId' }] } });
});

it('names the field when a living stream has the name already, and frees it when that is retired', async () => {
  const { streamId, name } = await requestStream(world);
  expect(await failure(requestStream(world, name))).toMatchObject({ kind: 'conflict', detail: { problems: [{ field: 'applicationId' }] } });
  await retire.call(world.people.lead, { streamId, confirmName: name });
  expect(await getStream(world.people.lead, streamId)).toMatchObject({ state: 'retired', desired: 'retired' });
  await expect(requestStream(world, name)).resolves.toBeDefined();
});

it('refuses an expression that does not compile by its field: of the filter, and of the key of a Kafka sink', async () => {
  await register.call(world.people.admin, { name: 'bus', config: { type: 'Kafka', brokers: ['127.0.0.1:1'], tls: false } });
  const ask = (part: object) => {
    const spec = streamSpec.parse({ ...specOf(freshName()), ...part });
    return failure(request.call(world.people.builder, { teamId: world.own.id, spec, reason }));
  };
  const keyedBy = (expression: string) => ({ sink: { type: 'Kafka', target: 'bus', topic: 't', key: { type: 'Expression', expression } } });
  expect(await ask({ filter: { cel: 'row.' } })).toMatchObject({ kind: 'invalid_input', detail: { problems: [{ field: 'filter.cel' }] } });
  expect(await ask(keyedBy('tenant'))).toMatchObject({
    kind: 'invalid_input',
    detail: { problems: [{ field: 'sink.key.expression', value: 'tenant', remedy: expect.stringContaining('there is no "tenant" here') }] },
  });
  expect(await ask(keyedBy('row.tenant'))).toEqual({ kind: 'none', message: '' });
});

it('opens a withdrawn stream again under its id', async () => {
  const { streamId, name } = await requestStream(world);
  await withdraw.call(world.people.builder, { streamId });
  expect((await getStream(world.people.builder, streamId))?.state).toBe('draft');
  const again = await request.call(world.people.builder, { teamId: world.own.id, streamId, spec: specOf(name), reason });
  expect(again.streamId).toBe(streamId);
  expect((await getStream(world.people.builder, streamId))?.revisions.map((revision) => revision.number)).toEqual([2, 1]);
});

it('asks for a source and a sink target of the right type', async () => {
  const spec = specOf(freshName());
  const ask = (changed: unknown) => failure(request.call(world.people.builder, { teamId: world.own.id, spec: changed, reason }));
  const problemOf = (field: string) => ({ kind: 'invalid_input', detail: { problems: [{ field }] } });
  expect(await ask({ ...spec, source: { ...spec.source, database: 'nowhere' } })).toMatchObject(problemOf('source.database'));
  expect(await ask({ ...spec, sink: { type: 'Http', target: 'event-log' } })).toMatchObject(problemOf('sink.target'));
  expect(await ask({ ...spec, source: { ...spec.source, table: {} } })).toMatchObject(problemOf('source.table.name'));
});

it('does not approve more slots than a source may hold, also at the same time', async () => {
  const [first, second] = [await requestStream(world), await requestStream(world)];
  const held = await catalog().stream.count({ where: { desired: 'running' } });
  await catalog().sourceDatabase.update({ where: { id: world.sourceId }, data: { slotLimit: held + 1 } });
  const errors = await Promise.all(
    [first, second].map(({ requestId }) => failure(approve.call(world.people.admin, { requestId, walBudgetBytes: BUDGET }))),
  );
  expect(errors.map((error) => error.kind).sort()).toEqual(['none', 'precondition_failed']);
  expect(errors.find((error) => error.kind !== 'none')?.message).toBe(`shop has ${held + 1} of ${held + 1} slots in use or approved`);
});

it('shows requests to the team, to admins and auditors, and to nobody else', async () => {
  const { requestId, streamId } = await requestStream(world);
  for (const role of ['builder', 'lead', 'admin', 'auditor'] as const)
    expect((await listRequests(world.people[role], { status: 'pending' })).requests.some(({ id }) => id === requestId)).toBe(true);
  for (const status of ['pending', 'decided'] as const)
    expect(await listRequests(world.people['foreign lead'], { status })).toMatchObject({ requests: [], matching: 0 });
  expect(await getRequest(world.people['foreign lead'], requestId)).toBeNull();
  expect(await getStream(world.people['foreign builder'], streamId)).toBeNull();
});
