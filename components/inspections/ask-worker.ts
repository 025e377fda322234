import type { ActionResult } from '@/core/dto/action-result';
import type { InspectionInput, InspectionKind, InspectionOutcome } from '@/core/dto/inspection';
import type { SinkTargetConfig } from '@/core/spec/sink-target';
import type { TlsMode } from '@/core/spec/source-database';

/** Connection tests as an admin types them: the verb seals the secret before it is stored. */
export interface AdminQuestions {
  /** Both: the registered source with changes as typed; its stored password is used where nothing it is bound to changed. */
  'test-source': { readonly sourceId?: string; readonly connection?: TypedConnection };
  'test-sink': { readonly targetId?: string; readonly config?: SinkTargetConfig; readonly secret?: string };
}
interface TypedConnection {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly username: string;
  readonly tlsMode: TlsMode;
  readonly caCertificate?: string;
  readonly password?: string;
}
type BuilderKind = Exclude<InspectionKind, keyof AdminQuestions>;

/** Asks the worker by way of the catalog. Never throws, save when `signal` aborts: a failure is an outcome with a remedy. */
export function askWorker<K extends BuilderKind>(kind: K, input: InspectionInput<K>, signal?: AbortSignal): Promise<InspectionOutcome<K>> {
  return post('/api/inspections', kind, input, signal);
}

/** The same for the questions of platform admins. */
export function askWorkerAsAdmin<K extends keyof AdminQuestions>(
  kind: K,
  input: AdminQuestions[K],
  signal?: AbortSignal,
): Promise<InspectionOutcome<K>> {
  return post('/api/inspections/admin', kind, input, signal);
}

async function post<K extends InspectionKind>(path: string, kind: K, input: unknown, signal?: AbortSignal): Promise<InspectionOutcome<K>> {
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ kind, input }),
      signal,
    });
    const result = (await response.json()) as ActionResult<InspectionOutcome<K>>;
    if (result.ok) return result.value;
    const { kind: errorKind, message, remedy, problems = [] } = result.error;
    const named = problems.map((problem) => `${problem.field}: ${problem.remedy}`).join('; ');
    return { ok: false, errorKind, message: named ? `${message} (${named})` : message, remedy };
  } catch (thrown) {
    if (signal?.aborted) throw thrown;
    return {
      ok: false,
      errorKind: 'internal',
      message: 'The portal did not answer.',
      remedy: 'Check your connection; the question is asked again when you try again.',
    };
  }
}
