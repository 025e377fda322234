import type { SourceDto } from '@/core/dto/connection';
import type { FieldProblem } from '@/core/errors';
import { problemsOf } from '@/core/spec/problems';
import { type SourceDatabaseInput, type SourceHost, sourceDatabaseInput, type TlsMode } from '@/core/spec/source-database';

/** A source as its form holds it: everything as typed. */
export interface SourceForm {
  readonly name: string;
  readonly host: string;
  readonly port: string;
  /** One `host:port` a line. */
  readonly standbys: string;
  readonly patroniUrl: string;
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
  standbys: '',
  patroniUrl: '',
  database: '',
  username: '',
  password: '',
  tlsMode: 'verify_full',
  caCertificate: '',
  slotLimit: '10',
};

export function formOfSource(source: SourceDto): SourceForm {
  const { name, host, database, username, tlsMode } = source;
  return {
    ...{ ...EMPTY_SOURCE, name, host, database, username, tlsMode },
    port: String(source.port),
    standbys: printHosts(source.standbys),
    patroniUrl: source.patroniUrl ?? '',
    slotLimit: String(source.slotLimit),
  };
}

/** `db2:5433` or `[::1]:5432`, one a line; 5432 where no port is given. */
export function readHosts(text: string): SourceHost[] {
  const lines = text.split(/[\n,]/).map((line) => line.trim());
  return lines.filter(Boolean).map((line) => {
    const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]*))(?::(.*))?$/.exec(line) ?? [];
    const host = bracketed ?? plain;
    // Several colons without brackets: an IPv6 address without a port.
    if (host === undefined || (plain !== undefined && port?.includes(':'))) return { host: line, port: 5432 };
    return { host, port: port === undefined ? 5432 : /^\d+$/.test(port) ? Number(port) : Number.NaN };
  });
}

function printHosts(hosts: readonly SourceHost[]): string {
  return hosts.map(({ host, port }) => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)).join('\n');
}

/** A stored password belongs to one role on one server: it is asked for again when any part of that changes. */
export function needsPassword(form: SourceForm, stored: SourceDto | null): boolean {
  if (!stored) return true;
  return (
    form.host !== stored.host ||
    form.port !== String(stored.port) ||
    form.username !== stored.username ||
    form.database !== stored.database ||
    printHosts(readHosts(form.standbys)) !== printHosts(stored.standbys)
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
    standbys: readHosts(form.standbys),
    patroniUrl: form.patroniUrl.trim() || null,
    tlsMode: form.tlsMode,
    slotLimit: whole(form.slotLimit) ?? Number.NaN,
    ...(form.caCertificate.trim() ? { caCertificate: form.caCertificate.trim() } : {}),
    ...(form.password ? { password: form.password } : {}),
  };
  const parsed = sourceDatabaseInput.safeParse(typed);
  const problems = parsed.success ? [] : problemsOf(parsed.error, typed);
  const worded = problems
    .map(ofWholeField)
    .filter(firstOfField)
    .map((problem) => {
      const given = form[problem.field as keyof SourceForm];
      const plain = given === '' || problem.field === 'port' || problem.field === 'slotLimit' ? EMPTY_REMEDIES[problem.field] : undefined;
      return { ...problem, value: problem.field === 'password' ? null : given, remedy: plain ?? problem.remedy };
    });
  if (!form.password && needsPassword(form, stored))
    worded.push({
      field: 'password',
      value: null,
      remedy: stored ? 'type the password again: host, port, standbys, role or database changed' : 'type the password of the role',
    });
  return parsed.success && worded.length === 0 ? { ok: true, input: parsed.data } : { ok: false, problems: worded };
}

/** One field of the form holds all standbys: the problem of one of them is a problem of the field. */
function ofWholeField(problem: FieldProblem): FieldProblem {
  if (!problem.field.startsWith('standbys')) return problem;
  const line = /^standbys\.(\d+)/.exec(problem.field)?.[1];
  const where = line === undefined ? '' : `line ${Number(line) + 1}: `;
  return { ...problem, field: 'standbys', remedy: `${where}write host:port, with a port from 1 to 65535, each host once` };
}

function firstOfField(problem: FieldProblem, index: number, all: readonly FieldProblem[]): boolean {
  return all.findIndex((other) => other.field === problem.field) === index;
}
