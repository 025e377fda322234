import { Agent, request } from 'undici';
import { SpillwayError } from '@/core/errors';
import type { SchemaRegistrySpec } from '@/core/spec/sink/kafka-registry';
import { AddressRefused, PRIVATE_TOO, PUBLIC_ONLY, systemResolve } from '@/worker/network/address-policy';
import { describeConnectionError } from '@/worker/network/connection-error';
import { guardedConnector } from '@/worker/network/guarded-connector';
import { receiverWords } from '@/worker/network/receiver-words';
import type { ErrorClass } from '../../sink';

export type SchemaType = 'AVRO' | 'PROTOBUF' | 'JSON';
export interface NamedSchema {
  readonly subject: string;
  readonly type: SchemaType;
  readonly text: string;
}

/** The registry did not do what was asked. The class is that of a delivery: nothing of it is ever the fault of an event. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  constructor(
    readonly errorClass: Extract<ErrorClass, 'transient' | 'throttled' | 'auth'>,
    message: string,
    readonly remedy: string,
  ) {
    super(message);
  }
}

/** Confluent's REST API, as much of it as is asked for here. Every call rejects with RegistryError. */
export interface SchemaRegistry {
  /** Schema types that it knows. */
  types(signal: AbortSignal): Promise<readonly string[]>;
  /** Id of this very schema under its subject; null when it is not registered there. */
  lookUp(schema: NamedSchema, signal: AbortSignal): Promise<number | null>;
  /** The text registered last; null when there is no such subject. */
  latest(subject: string, signal: AbortSignal): Promise<string | null>;
  /** Null when it may be registered; else why not in the registry's words, empty where it has none. */
  incompatibility(schema: NamedSchema, signal: AbortSignal): Promise<string | null>;
  /** Its id, also when it is registered already. Rejects with IncompatibleSchema. */
  register(schema: NamedSchema, signal: AbortSignal): Promise<number>;
  /** The subject's own compatibility level; null when it has none. */
  compatibility(subject: string, signal: AbortSignal): Promise<string | null>;
  setCompatibility(subject: string, level: string, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** The registry refuses a schema (409). */
export class IncompatibleSchema extends Error {
  override readonly name = 'IncompatibleSchema';
}

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
const MEDIA = 'application/vnd.schemaregistry.v1+json';

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly list: readonly unknown[];
}

/** Sockets go to checked addresses only, as for HTTP sinks; redirects are not followed. Connects with the first call. */
export function openRegistry({ url, auth, allowPrivateNetwork }: SchemaRegistrySpec, secret: string | null): SchemaRegistry {
  const agent = new Agent({
    connect: guardedConnector(allowPrivateNetwork ? PRIVATE_TOO : PUBLIC_ONLY, systemResolve, 5_000),
    connections: 2,
  });
  const base = url.replace(/\/+$/, '');
  const what = `Schema registry at ${new URL(url).host}`;
  const authorization = authorizationOf(auth, secret);

  async function call(method: 'GET' | 'POST' | 'PUT', path: string, body: unknown, signal: AbortSignal): Promise<Answer> {
    signal.throwIfAborted();
    try {
      const answer = await request(`${base}${path}`, {
        method,
        dispatcher: agent,
        headers: {
          accept: `${MEDIA}, application/json`,
          ...(body ? { 'content-type': MEDIA } : {}),
          ...(authorization ? { authorization } : {}),
        },
        body: body ? JSON.stringify(body) : null,
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      const json = await readJson(answer.body);
      const list = Array.isArray(json) ? json : [];
      return { status: answer.statusCode, body: typeof json === 'object' && json !== null ? (json as Answer['body']) : {}, list };
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      const refused = error instanceof AddressRefused;
      const words =
        error instanceof Error && error.name === 'TimeoutError'
          ? `no answer within ${TIMEOUT_MS / 1000} s`
          : describeConnectionError(error);
      throw new RegistryError(
        refused ? 'auth' : 'transient',
        `${what}: ${words}.`,
        refused
          ? 'A platform admin can allow private addresses for the registry of this sink target.'
          : 'Bring the registry back; delivery goes on by itself.',
      );
    }
  }

  /** What is neither a yes nor an answer that the caller knows. */
  function trouble({ status, body }: Answer): RegistryError {
    const words = receiverWords(body);
    const said = `${what} answers ${status}${words ? `: ${words}` : ''}.`;
    if (status === 401 || status === 403) return new RegistryError('auth', said, 'Renew the registry’s credentials in the sink target.');
    if (status === 429) return new RegistryError('throttled', said, 'Wait: it is asked again.');
    if (status >= 500) return new RegistryError('transient', said, 'Bring the registry back; delivery goes on by itself.');
    if (status === 404)
      return new RegistryError(
        'auth',
        said,
        'Check the registry’s URL in the sink target: it ends where /subjects begins, as in …/apis/ccompat/v7.',
      );
    return new RegistryError('auth', said, 'Look at the registry’s log: it does not take this schema.');
  }

  /** An answer; null for the 404 of these error codes. */
  async function ask(method: 'GET' | 'POST' | 'PUT', path: string, body: unknown, signal: AbortSignal, absent: readonly number[] = []) {
    const answer = await call(method, path, body, signal);
    if (answer.status >= 200 && answer.status < 300) return answer;
    if (answer.status === 404 && absent.includes(Number(answer.body.error_code))) return null;
    if (answer.status === 409) throw new IncompatibleSchema(receiverWords(answer.body) ?? '');
    throw trouble(answer);
  }

  const of = (subject: string) => `/subjects/${encodeURIComponent(subject)}`;
  const asked = ({ text, type }: NamedSchema) => ({ schema: text, ...(type === 'AVRO' ? {} : { schemaType: type }) });
  const idOf = (answer: Answer | null) => {
    const id = answer?.body.id;
    if (typeof id === 'number' && Number.isInteger(id)) return id;
    throw new RegistryError('auth', `${what} answers without an id.`, 'Check that the URL is that of a schema registry.');
  };

  return {
    types: async (signal) => ((await ask('GET', '/schemas/types', null, signal))?.list ?? []).filter((each) => typeof each === 'string'),
    async lookUp(schema, signal) {
      const answer = await ask('POST', of(schema.subject), asked(schema), signal, [40401, 40403]);
      return answer && idOf(answer);
    },
    async latest(subject, signal) {
      const answer = await ask('GET', `${of(subject)}/versions/latest`, null, signal, [40401, 40402]);
      return typeof answer?.body.schema === 'string' ? answer.body.schema : null;
    },
    async incompatibility(schema, signal) {
      const path = `/compatibility${of(schema.subject)}/versions?verbose=true`;
      const answer = await ask('POST', path, asked(schema), signal, [40401, 40402]);
      if (answer === null || answer.body.is_compatible === true) return null;
      const messages = Array.isArray(answer.body.messages) ? answer.body.messages.filter((each) => typeof each === 'string') : [];
      return receiverWords({ message: messages.join('; ') }) ?? '';
    },
    register: async (schema, signal) => idOf(await ask('POST', `${of(schema.subject)}/versions`, asked(schema), signal)),
    async compatibility(subject, signal) {
      const answer = await ask('GET', `/config/${encodeURIComponent(subject)}`, null, signal, [40401, 40408]);
      const level = answer?.body.compatibilityLevel ?? answer?.body.compatibility;
      return typeof level === 'string' && level !== '' ? level : null;
    },
    async setCompatibility(subject, level, signal) {
      await ask('PUT', `/config/${encodeURIComponent(subject)}`, { compatibility: level }, signal);
    },
    close: () => agent.destroy(),
  };
}

function authorizationOf(auth: SchemaRegistrySpec['auth'], secret: string | null): string | null {
  if (auth.type === 'none') return null;
  if (secret === null)
    throw new SpillwayError('sink_misconfigured', 'The schema registry of the sink target has no secret.', {
      remedy: 'Type in the registry’s secret.',
    });
  return auth.type === 'token' ? `Bearer ${secret}` : `Basic ${Buffer.from(`${auth.username}:${secret}`).toString('base64')}`;
}

async function readJson(body: AsyncIterable<Buffer>): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) return null;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch {
    return null;
  }
}
