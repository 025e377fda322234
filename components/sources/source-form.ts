import type { SourceDto } from '@/core/dto/connection';
import type { FieldProblem } from '@/core/errors';
import { problemsOf } from '@/core/spec/problems';
import { type SourceDatabaseInput, sourceDatabaseInput, type TlsMode } from '@/core/spec/source-database';

/** A source as its form holds it: everything as typed. */
export interface SourceForm {
  readonly name: string;
  readonly host: string;
  readonly port: string;
  readonly database: string;
  readonly username: string;
  readonly password: string;
  readonly tlsMode: TlsMode;
  readonly caCertificate: string;
  readonly slotLimit: string;
}

export const EMPTY_SOURCE: SourceForm = {
  name: '',
  host: '',
  port: '5432',
  database: '',
  username: '',
  password: '',
  tlsMode: 'verify_full',
  caCertificate: '',
  slotLimit: '10',
};

export function formOfSource(source: SourceDto): SourceForm {
  const { name, host, database, username, tlsMode } = source;
  return { ...EMPTY_SOURCE, name, host, database, username, tlsMode, port: String(source.port), slotLimit: String(source.slotLimit) };
}

/** A stored password belongs to one role on one server: it is asked for again when any part of that changes. */
export function needsPassword(form: SourceForm, stored: SourceDto | null): boolean {
  if (!stored) return true;
  return (
    form.host !== stored.host || form.port !== String(stored.port) || form.username !== stored.username || form.database !== stored.database
  );
}

export type SourceCheck =
  | { readonly ok: true; readonly input: SourceDatabaseInput }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] };

const EMPTY_REMEDIES: Readonly<Record<string, string>> = {
  name: 'give the source a name',
  host: 'name the host',
  port: 'give a port from 1 to 65535',
  slotLimit: 'give a whole number from 1 to 1000',
};

/** Validates the form; `password` is asked for whenever the stored one would not fit. */
export function checkSource(form: SourceForm, stored: SourceDto | null): SourceCheck {
  const whole = (text: string) => (/^\d+$/.test(text.trim()) ? Number(text.trim()) : undefined);
  const typed = {
    name: form.name.trim(),
    host: form.host.trim(),
    port: whole(form.port) ?? Number.NaN,
    database: form.database.trim(),
    username: form.username.trim(),
    tlsMode: form.tlsMode,
    slotLimit: whole(form.slotLimit) ?? Number.NaN,
    ...(form.caCertificate.trim() ? { caCertificate: form.caCertificate.trim() } : {}),
    ...(form.password ? { password: form.password } : {}),
  };
  const parsed = sourceDatabaseInput.safeParse(typed);
  const problems = parsed.success ? [] : problemsOf(parsed.error, typed);
  const worded = problems.filter(firstOfField).map((problem) => {
    const given = form[problem.field as keyof SourceForm];
    const plain = given === '' || problem.field === 'port' || problem.field === 'slotLimit' ? EMPTY_REMEDIES[problem.field] : undefined;
    return { ...problem, value: problem.field === 'password' ? null : given, remedy: plain ?? problem.remedy };
  });
  if (!form.password && needsPassword(form, stored))
    worded.push({
      field: 'password',
      value: null,
      remedy: stored ? 'type the password again: host, port, role or database changed' : 'type the password of the role',
    });
  return parsed.success && worded.length === 0 ? { ok: true, input: parsed.data } : { ok: false, problems: worded };
}

function firstOfField(problem: FieldProblem, index: number, all: readonly FieldProblem[]): boolean {
  return all.findIndex((other) => other.field === problem.field) === index;
}
