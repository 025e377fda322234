import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import type { Tx } from '@/core/catalog/client';
import { awaitAnswer } from '@/core/catalog/inspections';
import { readWorkerKey } from '@/core/catalog/workers';
import type { InspectionInput, InspectionOutcome, SourceConnectionInput } from '@/core/dto/inspection';
import { type SealContext, sealAad, sealSecret } from '@/core/secrets/seal';
import { sinkTargetConfig } from '@/core/spec/sink-target';
import { sourceDatabaseInput } from '@/core/spec/source-database';
import { id } from '../inputs';
import { ANSWER_TIMEOUT_MS, storeQuestion } from '../questions';
import { sourceExists } from '../source-changes';
import { lockTarget, needsSecret, secretAudience, targetExists } from '../target-changes';
import { type AuditRecord, defineVerb, type Verb } from '../verb';
import { invalid } from '../verb-problems';

const { host, port, standbys, patroniUrl, database, username, tlsMode, caCertificate, password } = sourceDatabaseInput.shape;
const connection = z.object({ host, port, standbys, patroniUrl, database, username, tlsMode, caCertificate, password });

const question = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('test-source'),
    /** Both: the registered source with changes as typed; its password is used where nothing it is bound to changed. */
    input: z.strictObject({ sourceId: id.optional(), connection: connection.optional() }),
  }),
  z.strictObject({
    kind: z.literal('test-sink'),
    input: z.strictObject({ targetId: id.optional(), config: sinkTargetConfig.optional(), secret: z.string().min(1).max(4000).optional() }),
  }),
]);
type Question = z.infer<typeof question>;
type SourceQuestion = Extract<Question, { kind: 'test-source' }>['input'];
type SinkQuestion = Extract<Question, { kind: 'test-sink' }>['input'];

const stored = defineVerb({
  name: 'inspections.ask-admin',
  subject: 'source database or sink target',
  input: question,
  team: async (tx, { kind, input }) => {
    if (kind === 'test-source') return input.sourceId ? sourceExists(tx, input.sourceId) : null;
    return input.targetId ? targetExists(tx, input.targetId) : null;
  },
  run: async (tx, { actor, input: asked }) => {
    const inspectionId =
      asked.kind === 'test-source'
        ? await storeQuestion(tx, actor, asked.kind, await sealSource(tx, asked.input))
        : await storeQuestion(tx, actor, asked.kind, await sealSink(tx, asked.input));
    return { result: { inspectionId }, audit: about(asked) };
  },
});

/** Has the worker test a connection, registered or as typed, and waits for its steps. */
export const askAdmin: Verb<InspectionOutcome<'test-source' | 'test-sink'>> = {
  ...stored,
  call: async (actor, input) => {
    const { inspectionId } = await stored.call(actor, input);
    return awaitAnswer(actor, inspectionId, ANSWER_TIMEOUT_MS);
  },
};

async function sealSource(tx: Tx, { sourceId, connection: typed }: SourceQuestion): Promise<InspectionInput<'test-source'>> {
  if (!typed) {
    if (!sourceId) throw invalid('sourceId', null, 'name a source, or give a connection');
    return { sourceId };
  }
  const { password: plain, caCertificate: ca, ...rest } = typed;
  if (plain) return { connection: { ...rest, ...withCa(ca), ...(await seal(tx, plain, 'source')) } };
  const known = sourceId ? await tx.sourceDatabase.findUniqueOrThrow({ where: { id: sourceId }, select: KNOWN_COLUMNS }) : null;
  const same =
    known &&
    (['host', 'port', 'standbys', 'username', 'database'] as const).every((field) => isDeepStrictEqual(known[field], typed[field]));
  if (!known || !same) throw invalid('password', null, 'type the password: it is for another server, database or role');
  const context: SealContext = { kind: 'source', id: known.id, version: known.secretVersion };
  const { sealedSecret, caCertificate: presentCa } = known;
  return {
    connection: {
      ...rest,
      ...withCa(ca ?? presentCa ?? undefined),
      sealedPassword: sealedSecret,
      sealContext: sealAad(context).toString(),
    },
  };
}

const KNOWN_COLUMNS = {
  id: true,
  host: true,
  port: true,
  standbys: true,
  username: true,
  database: true,
  caCertificate: true,
  sealedSecret: true,
  secretVersion: true,
} as const;

function withCa(ca: string | undefined): { caCertificate?: string } {
  return ca ? { caCertificate: ca } : {};
}

async function seal(
  tx: Tx,
  plain: string,
  kind: SealContext['kind'],
): Promise<Pick<SourceConnectionInput, 'sealedPassword' | 'sealContext'>> {
  const context: SealContext = { kind, id: randomUUID(), version: 0 };
  return { sealedPassword: sealSecret(plain, await readWorkerKey(tx), context), sealContext: sealAad(context).toString() };
}

async function sealSink(tx: Tx, { targetId, config, secret }: SinkQuestion): Promise<InspectionInput<'test-sink'>> {
  if (!config) {
    if (!targetId) throw invalid('targetId', null, 'name a sink target, or give a config');
    return { targetId };
  }
  if (secret) {
    const { sealedPassword: sealedSecret, sealContext } = await seal(tx, secret, 'sink-target');
    return { config, sealedSecret, sealContext };
  }
  if (!needsSecret(config)) return { config };
  const known = targetId ? await lockTarget(tx, targetId) : null;
  if (known?.sealedSecret && targetId && secretAudience(known.config) === secretAudience(config)) {
    const context: SealContext = { kind: 'sink-target', id: targetId, version: known.secretVersion };
    return { config, sealedSecret: known.sealedSecret, sealContext: sealAad(context).toString() };
  }
  // An Http target can be reached without a signature; the others cannot be tested without their secret.
  if (config.type === 'Http') return { config };
  throw invalid('secret', null, 'type the secret: it is for another host or user');
}

function about(asked: Question): AuditRecord {
  const [type, registered, typed] =
    asked.kind === 'test-source'
      ? (['source', asked.input.sourceId, asked.input.connection?.host] as const)
      : (['sink-target', asked.input.targetId, asked.input.config?.type] as const);
  const what = type === 'source' ? 'source' : 'sink target';
  return {
    subject: { type, id: registered ?? 'unsaved', name: typed ?? registered ?? 'unsaved' },
    teamId: null,
    summary: `tested the connection of ${registered ? 'a registered' : 'an unsaved'} ${what}`,
  };
}
