import type * as z from 'zod';
import { inTransaction, isUniqueViolation, SQL_NULL, type Tx, toJson } from '@/core/catalog/client';
import { readActor } from '@/core/catalog/people';
import { SpillwayError } from '@/core/errors';
import { mayCall, mayRead, PERMISSIONS, type VerbName } from '@/core/policy/permissions';
import type { PersonActor } from '@/core/policy/roles';
import { verbProblems } from './verb-problems';

/** A thing that people do to the catalog. `call` throws SpillwayError and nothing else that a person caused. */
export interface Verb<R> {
  readonly name: VerbName;
  readonly input: z.ZodType;
  call(actor: PersonActor, input: unknown): Promise<R>;
}

/** What the audit trail says. `before` and `after` never hold a secret. */
export interface AuditRecord {
  readonly subject: { readonly type: string; readonly id: string; readonly name: string };
  readonly teamId: string | null;
  readonly summary: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

export interface Outcome<R> {
  readonly result: R;
  /** Null only for private scratch (drafts) and for questions that change nothing. */
  readonly audit: AuditRecord | null;
  /** Payload of NOTIFY spillway_wake, when the supervisor has something to do. */
  readonly wake?: { readonly streamId?: string; readonly what?: 'letters' };
  /** What was done stands, and the person is told that it is not what they asked for. */
  readonly refusal?: SpillwayError;
}

interface VerbDefinition<N extends VerbName, S extends z.ZodType, P, R> {
  readonly name: N;
  readonly input: S;
  /** What the person is told is missing: `stream`, `request`. */
  readonly subject: string;
  /** Team that owns what is named; null when no team does; undefined when there is no such thing. */
  readonly team: (tx: Tx, input: z.output<S>, actor: PersonActor) => Promise<string | null | undefined>;
  /** Runs between authorisation and transaction: questions to the worker, which may take seconds. */
  readonly prepare?: (actor: PersonActor, input: z.output<S>) => Promise<P>;
  readonly run: (tx: Tx, given: { actor: PersonActor; input: z.output<S>; prepared: P | undefined }) => Promise<Outcome<R>>;
}

/**
 * Makes a verb: authorise → parse → transaction with its audit row → NOTIFY at commit → DTO. The actor is read again from the
 * catalog, so that a disabled person or a lost role counts at once, whoever calls.
 */
export function defineVerb<N extends VerbName, S extends z.ZodType, R, P = never>(definition: VerbDefinition<N, S, P, R>): Verb<R> {
  const { name } = definition;
  return {
    name,
    input: definition.input,
    async call(caller, raw) {
      if (PERMISSIONS[name] === 'platform_admin' && !mayCall(caller, name, null)) throw forbidden(name);
      const parsed = definition.input.safeParse(raw);
      if (!parsed.success)
        throw new SpillwayError('invalid_input', 'the input has problems', { problems: verbProblems(parsed.error, raw) });
      const input = parsed.data;
      let prepared: P | undefined;
      if (definition.prepare) {
        const actor = await inTransaction((tx) => authorise(tx, definition, caller, input));
        prepared = await definition.prepare(actor, input);
      }
      const outcome = await inTransaction(async (tx) => {
        const actor = await authorise(tx, definition, caller, input);
        const done = await definition.run(tx, { actor, input, prepared });
        if (done.audit) await writeAudit(tx, actor, name, done.audit);
        if (done.wake) await tx.$executeRaw`select pg_notify('spillway_wake', ${JSON.stringify(done.wake)})`;
        return done;
      }).catch((error: unknown) => {
        if (!isUniqueViolation(error)) throw error;
        throw new SpillwayError('conflict', 'somebody made the same thing a moment ago', {}, { cause: error });
      });
      if (outcome.refusal) throw outcome.refusal;
      return outcome.result;
    },
  };
}

async function authorise<N extends VerbName, S extends z.ZodType, P, R>(
  tx: Tx,
  definition: VerbDefinition<N, S, P, R>,
  caller: PersonActor,
  input: z.output<S>,
): Promise<PersonActor> {
  const actor = await readActor(caller.id, tx);
  if (!actor) throw new SpillwayError('forbidden', 'this account is disabled');
  const team = await definition.team(tx, input, actor);
  const hidden = typeof team === 'string' && !mayRead(actor, team) && PERMISSIONS[definition.name] !== 'platform_admin';
  if (hidden || (team === undefined && PERMISSIONS[definition.name] !== 'platform_admin')) throw notFound(definition.subject);
  if (!mayCall(actor, definition.name, team ?? null)) throw forbidden(definition.name);
  if (team === undefined) throw notFound(definition.subject);
  return actor;
}

/** The same words whether a thing is missing or another team's, so that ids cannot be tried out. */
export function notFound(subject: string): SpillwayError {
  return new SpillwayError('not_found', `there is no such ${subject}`);
}

const NEEDED: Readonly<Record<(typeof PERMISSIONS)[VerbName], string>> = {
  signed_in: 'Sign in.',
  platform_admin: 'Ask a platform admin.',
  'team:builder': 'Ask a builder of the team.',
  'team:lead': 'Ask a lead of the team.',
  'team:lead_or_admin': 'Ask a lead of the team or a platform admin.',
  'team:builder_or_admin': 'Ask a builder of the team or a platform admin.',
};

function forbidden(name: VerbName): SpillwayError {
  return new SpillwayError('forbidden', 'your role does not allow this', { remedy: NEEDED[PERMISSIONS[name]] });
}

async function writeAudit(tx: Tx, actor: PersonActor, verb: VerbName, record: AuditRecord): Promise<void> {
  await tx.auditEntry.create({
    data: {
      actorKind: 'person',
      actorId: actor.id,
      actorName: actor.name,
      verb,
      subjectType: record.subject.type,
      subjectId: record.subject.id,
      subjectName: record.subject.name,
      teamId: record.teamId,
      summary: record.summary,
      before: record.before === undefined ? SQL_NULL : toJson(record.before),
      after: record.after === undefined ? SQL_NULL : toJson(record.after),
    },
    select: { id: true },
  });
}
