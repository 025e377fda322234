import { recoverySpec } from '../recovery';
import { targetTypeOf } from '../sink-target';
import type { StreamSpec } from '../stream-spec';
import { chooseFunctions } from './conversions';
import { flowTypeIn, partsOf, streamNameOf, typeIn, unknownKeys } from './entry-parts';
import type { Connections, Finding, ImportedEntry } from './imported';
import { parseJdbcUrl, sourcesAt } from './jdbc-url';
import { isObject, type JsonObject, objectIn, textIn } from './json';
import { applicationIdOf, eventStreamOf, hasSiblings, type KeptManifest } from './kept-manifest';
import { isKnownType, settleSpec } from './loose-spec';

/** The draft that an entry makes, with the connections that fit it alone, and what is left to a person. */
export function draftOf(
  kept: KeptManifest,
  entry: JsonObject,
  connections: Connections,
): Pick<ImportedEntry, 'source' | 'sink' | 'draft' | 'findings'> {
  const shown = { source: sourceWords(entry), sink: sinkWords(entry) };
  const refused = refusalsOf(entry);
  if (refused.length > 0) return { ...shown, draft: null, findings: [...refused, ...keptFindings(entry, true)] };
  const { spec, problems, unknown } = baseOf(kept, entry);
  const source = whichSource(entry, spec, connections);
  const target = whichTarget(spec, connections);
  const solved = new Set(['source.database', 'sink.target']);
  const recovery = withCopies(entry, spec, connections);
  const left = keptFindings(entry, !unknown.includes('filter')).filter(
    ({ field }) => field !== 'recovery.sink' || recovery === spec.recovery,
  );
  const functions = chooseFunctions(spec.conversions, connections);
  const isSolved = (field: string) => solved.has(field) || /^conversions\.\d+\.target$/.test(field);
  const rest = problems.filter(({ field }) => !isSolved(field)).map((problem): Finding => ({ ...problem, kind: 'choose' }));
  return {
    ...shown,
    draft: {
      ...spec,
      source: { ...spec.source, database: source.name },
      ...(functions.value ? { conversions: functions.value } : {}),
      sink: { ...spec.sink, target: target.name },
      recovery,
    },
    findings: [...source.findings, ...target.findings, ...functions.findings, ...rest, ...left],
  };
}

/** What an entry says by itself, without any connection that is registered here. */
export function baseOf(kept: KeptManifest, entry: JsonObject) {
  return settleSpec(partsOf(entry, streamNameOf(applicationIdOf(kept), entry, hasSiblings(kept))));
}

/** Why Spillway cannot run an entry at all: a part of a type that it does not have. */
function refusalsOf(entry: JsonObject): Finding[] {
  const refuse = (field: string, value: unknown, remedy: string): Finding => ({ kind: 'refused', field, value: value ?? null, remedy });
  const source = typeIn(entry, 'source');
  const flow = flowTypeIn(entry);
  const [sink, recovery] = (['sink', 'recovery'] as const).map((part) => typeIn(entry, part));
  return [
    ...(source === 'PostgresLogicalReplication'
      ? []
      : [refuse('source.type', source, 'Spillway reads PostgresLogicalReplication; this entry is kept and not run')]),
    ...(isKnownType('flow', flow) ? [] : [refuse('flow.type', flow, 'Spillway has no flow of this type; this entry is kept and not run')]),
    ...(isKnownType('sink', sink) ? [] : [refuse('sink.type', sink, 'Spillway has no sink of this type; this entry is kept and not run')]),
    ...(isKnownType('recovery', recovery) ? [] : [refuse('recovery.type', recovery, 'use None, Ignore or DeadLetter')]),
  ];
}

interface Choice {
  /** Empty when a person has to choose. */
  readonly name: string;
  readonly findings: readonly Finding[];
}

function whichSource(entry: JsonObject, { source }: StreamSpec, { sources }: Connections): Choice {
  const choose = (value: unknown, remedy: string): Choice => ({
    name: '',
    findings: [{ kind: 'choose', field: 'source.database', value, remedy }],
  });
  const named = source.database;
  if (named && sources.some((each) => each.name === named)) return { name: named, findings: [] };
  const url = textIn(objectIn(objectIn(entry, 'source'), 'jdbcConnection'), 'jdbcUrl');
  const place = url === undefined ? null : parseJdbcUrl(url);
  if (!place) return choose(url ?? null, 'choose a registered source database: the jdbcUrl names none');
  const fitting = sourcesAt(place, sources);
  const only = fitting[0];
  if (only && fitting.length === 1) return { name: only.name, findings: [] };
  const where = `${place.hosts.map(({ host, port }) => `${host}:${port}`).join(',')}/${place.database}`;
  if (fitting.length > 1) return choose(where, `choose one of ${fitting.map(({ name }) => name).join(', ')}: each is this database`);
  return choose(where, 'choose a registered source database, or ask a platform admin to register this one');
}

function whichTarget({ sink }: StreamSpec, { targets }: Connections): Choice {
  const type = targetTypeOf(sink.type);
  const fitting = targets.filter((target) => target.type === type);
  const named = fitting.find((target) => target.name === sink.target);
  const only = named ?? (fitting.length === 1 ? fitting[0] : undefined);
  if (only) return { name: only.name, findings: [] };
  const remedy =
    fitting.length > 1
      ? `choose one of ${fitting.map(({ name }) => name).join(', ')}`
      : `ask a platform admin to register a sink target of type ${type}; none is registered`;
  return { name: '', findings: [{ kind: 'choose', field: 'sink.target', value: sink.target || null, remedy }] };
}

/**
 * FES sends dead letters to a sink; Spillway keeps them and sends copies, where its recovery has such a sink and one target alone fits. Else
 * the recovery as it is.
 */
function withCopies(entry: JsonObject, { recovery }: StreamSpec, { targets }: Connections): StreamSpec['recovery'] {
  const { sink } = objectIn(entry, 'recovery');
  if (recovery.type !== 'DeadLetter' || !isObject(sink)) return recovery;
  const place = { type: sink.type, ...(sink.type === 'Nakadi' ? { eventType: sink.eventType } : { queueName: sink.queueName }) };
  const type = sink.type === 'Nakadi' ? 'Nakadi' : 'Sqs';
  const fitting = targets.filter((target) => target.type === type);
  const parsed = recoverySpec.safeParse({ ...recovery, sink: { ...place, target: fitting.length === 1 ? fitting[0]?.name : undefined } });
  return parsed.success ? parsed.data : recovery;
}

/** What the entry of a kept manifest says and Spillway does not do. */
export function keptOf(kept: KeptManifest): Finding[] {
  const entry = eventStreamOf(kept);
  return entry ? keptFindings(entry, !baseOf(kept, entry).unknown.includes('filter')) : [];
}

/** What an entry says and Spillway does not do. */
function keptFindings(entry: JsonObject, filters: boolean): Finding[] {
  const source = objectIn(entry, 'source');
  const connection = objectIn(source, 'jdbcConnection');
  const sink = objectIn(entry, 'recovery').sink;
  const keep = (field: string, value: unknown, remedy: string): Finding[] => [{ kind: 'kept', field, value, remedy }];
  const { slotName, publicationName, pluginType } = connection;
  const unknown = unknownKeys(entry);
  return [
    ...(slotName
      ? keep('source.jdbcConnection.slotName', slotName, 'the stream gets a slot of its own, named after it; this one is not read')
      : []),
    ...(publicationName ? keep('source.jdbcConnection.publicationName', publicationName, 'the stream gets a publication of its own') : []),
    ...(pluginType && pluginType !== 'pgoutput' ? keep('source.jdbcConnection.pluginType', pluginType, 'Spillway reads by pgoutput') : []),
    ...(source.filter && !filters
      ? keep('source.filter', source.filter, 'is not yet run: every insert and update is delivered; a row filter can be set under Events')
      : []),
    ...(isObject(sink)
      ? keep(
          'recovery.sink',
          sinkWords({ sink }),
          'dead letters stay in Spillway, where the team reviews and replays them; copies go there only as far as Recovery says',
        )
      : []),
    ...(unknown.length > 0 ? keep('document', unknown.join(', '), 'FES has no such field: kept as written') : []),
  ];
}

function sourceWords(entry: JsonObject): string {
  const source = objectIn(entry, 'source');
  const table = textIn(objectIn(source, 'table'), 'name');
  if (table !== undefined) return `${textIn(source, 'schema') || 'public'}.${table}`;
  return textIn(objectIn(source, 'subscription'), 'streamArn') ?? textIn(source, 'type') ?? '';
}

function sinkWords(entry: JsonObject): string {
  const sink = objectIn(entry, 'sink');
  return [textIn(sink, 'type'), textIn(sink, 'eventType') ?? textIn(sink, 'queueName')].filter(Boolean).join(' ');
}
