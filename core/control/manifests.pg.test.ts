import { afterAll, beforeAll, expect, it } from 'vitest';
import { catalog } from '@/core/catalog/client';
import { getDraft, listDrafts } from '@/core/catalog/drafts';
import { getManifestText } from '@/core/catalog/manifests';
import type { SpillwayError } from '@/core/errors';
import { readManifestYaml } from '@/core/spec/fes/manifest-yaml';
import type { StreamSpec } from '@/core/spec/stream-spec';
import { closeWorld, freshName, openWorld, specOf, type World } from './fixture';
import { importManifest } from './streams/import-manifest';
import { request } from './streams/request';
import { revise } from './streams/revise';
import { saveDraft } from './streams/save-draft';

let world: World;
const reason = 'a reason that is long enough';

beforeAll(async () => {
  world = await openWorld();
});
afterAll(closeWorld);

const entry = (table: string) => ({
  flow: { type: 'PostgresWalToGenericNakadiEvent' },
  sink: { type: 'Nakadi', eventType: `shop.${table}` },
  source: {
    type: 'PostgresLogicalReplication',
    table: { name: table, idColumn: 'nr' },
    jdbcConnection: { jdbcUrl: 'jdbc:postgresql://db.example/shop?ssl=true', slotName: 'fes_shop' },
  },
  recovery: { type: 'None', sink: null },
  owner: 'kept',
});
const resource = (applicationId: string) => ({
  apiVersion: 'zalando.org/v1',
  kind: 'FabricEventStream',
  metadata: { name: 'fes-1', labels: { team: 'acid' } },
  spec: {
    applicationId,
    eventStreams: [entry('orders'), entry('items'), { source: { type: 'DynamoDbStreamsSubscription' } }],
  },
});
const documentOf = (text: string | undefined) => {
  const read = readManifestYaml(text ?? '');
  return read.ok ? read.documents[0] : read.problem;
};

/** What a person makes of the draft: the bus is missing in this world, so the events go to the event log. */
function completed(body: unknown): StreamSpec {
  const { spec } = body as { spec: StreamSpec };
  return { ...spec, sink: { type: 'EventLog', target: 'event-log' } };
}

it('carries a manifest from the import through draft, request and revision to the export, and lets each stream say its own entry', async () => {
  const { builder } = world.people;
  const given = resource(freshName());
  const { drafts } = await importManifest.call(builder, { teamId: world.own.id, text: JSON.stringify(given) });
  expect(drafts.map(({ entry: at }) => at)).toEqual([0, 1]);
  const streams: string[] = [];
  for (const { draftId } of drafts) {
    const draft = await getDraft(builder, draftId);
    expect(draft?.kept.map(({ field }) => field)).toEqual(['source.jdbcConnection.slotName', 'document']);
    await saveDraft.call(builder, { draftId, teamId: world.own.id, body: { form: {} }, step: 'sink' });
    const { streamId } = await request.call(builder, { draftId, teamId: world.own.id, spec: completed(draft?.body), reason });
    streams.push(streamId);
  }
  const [first = '', second = ''] = streams;
  const [orders, items] = await Promise.all([first, second].map((id) => getSpec(id)));
  if (!orders || !items) throw new Error('no streams');
  expect(orders.source.database).toBe('shop');
  await revise.call(builder, { streamId: first, spec: { ...orders, recovery: { type: 'Ignore', maxAttempts: 3 } }, reason });
  await catalog().stream.update({ where: { id: second }, data: { desired: 'running' } });
  await revise.call(builder, { streamId: second, spec: { ...items, source: { ...items.source, operations: ['insert'] } }, reason });
  // The first revision of the second stream is still the current one: the new source part waits for approval.
  const sink = { sink: { type: 'EventLog' }, spillway: { sink: { target: 'event-log' } } };
  expect(documentOf((await getManifestText(builder, first, 'fes'))?.text)).toEqual({
    ...given,
    spec: {
      ...given.spec,
      eventStreams: [
        { ...entry('orders'), ...sink, recovery: { type: 'Ignore', sink: null } },
        { ...entry('items'), ...sink },
        given.spec.eventStreams[2],
      ],
    },
  });
  const revisions = await catalog().streamRevision.findMany({ where: { streamId: second }, select: { manifest: true } });
  expect(revisions.map(({ manifest }) => manifest !== null)).toEqual([true, true]);
});

async function getSpec(streamId: string): Promise<StreamSpec | undefined> {
  const stream = await catalog().stream.findUnique({ where: { id: streamId }, select: { currentRevision: { select: { spec: true } } } });
  return stream?.currentRevision?.spec as StreamSpec | undefined;
}

it('notes who imported what, and neither drafts nor notes hold more of the file than the manifest', async () => {
  const { builder } = world.people;
  const given = resource(freshName());
  const text = `kind: Secret\nmetadata: { name: other }\nstringData: { key: canary-of-a-secret }\n---\n${JSON.stringify(given)}`;
  const { drafts } = await importManifest.call(builder, { teamId: world.own.id, text, entries: [1] });
  const note = await catalog().auditEntry.findFirst({ where: { verb: 'streams.import-manifest' }, orderBy: { id: 'desc' } });
  expect(note?.summary).toBe('imported 1 of 3 entries of manifest fes-1 as drafts: public.items');
  expect(note?.teamId).toBe(world.own.id);
  const stored = [note, await catalog().draft.findMany({ where: { id: { in: drafts.map(({ draftId }) => draftId) } } })];
  expect(JSON.stringify(stored, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))).not.toContain(
    'canary-of-a-secret',
  );
});

it('refuses an entry that cannot be run, a file that is none, and more drafts than one keeps', async () => {
  const { lead } = world.people;
  const text = JSON.stringify(resource(freshName()));
  const failure = (input: object) =>
    importManifest.call(lead, { teamId: world.own.id, text, ...input }).then(
      () => null,
      (error: SpillwayError) => error,
    );
  expect(await failure({ entries: [2] })).toMatchObject({ kind: 'invalid_input', detail: { problems: [{ field: 'entries', value: 2 }] } });
  expect(await failure({ text: 'a: &a [*a]' })).toMatchObject({ kind: 'invalid_input', detail: { problems: [{ field: 'line 1' }] } });
  const many = {
    ...resource(freshName()),
    spec: { applicationId: 'many', eventStreams: Array.from({ length: 51 }, (_, n) => entry(`t${n}`)) },
  };
  expect(await failure({ text: JSON.stringify(many) })).toMatchObject({ kind: 'precondition_failed' });
  expect(await listDrafts(lead)).toEqual([]);
});

it('exports a stream that was declared here as a resource of its own, to those who may read it', async () => {
  const { builder, 'foreign builder': stranger } = world.people;
  const name = freshName();
  const { streamId } = await request.call(builder, { teamId: world.own.id, spec: specOf(name), reason });
  expect(await getManifestText(stranger, streamId, 'fes')).toBeNull();
  const manifest = await getManifestText(builder, streamId, 'fes');
  expect(manifest?.text).toContain('jdbcUrl: jdbc:postgresql://db.example:5432/shop');
  expect((await getManifestText(builder, streamId, 'spillway'))?.text).toContain(`applicationId: ${name}\neventStreams:`);
  const { drafts } = await importManifest.call(builder, { teamId: world.own.id, text: manifest?.text });
  expect((await getDraft(builder, drafts[0]?.draftId ?? ''))?.body).toEqual({ spec: specOf(name) });
});
