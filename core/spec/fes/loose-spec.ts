import type * as z from 'zod';
import type { FieldProblem } from '../../errors';
import { type FlowSpec, flowSpec } from '../flow';
import { slug } from '../names';
import { problemsOf } from '../problems';
import { type RecoverySpec, recoverySpec } from '../recovery';
import { type SinkSpec, sinkSpec } from '../sink/sink-spec';
import { type SourceSpec, sourceSpec } from '../source';
import { type StreamSpec, streamSpec } from '../stream-spec';
import { settleConversions } from './conversions';
import { isObject, sameJson } from './json';

/** Parts of a spec as somebody else gave them: fields may be missing or wrong. */
export interface LooseSpec {
  readonly applicationId: unknown;
  readonly source: Readonly<Record<string, unknown>>;
  readonly flow: Readonly<Record<string, unknown>>;
  readonly sink: Readonly<Record<string, unknown>>;
  readonly recovery: Readonly<Record<string, unknown>>;
  /** Fields beside the four parts that a spec may have, by name. */
  readonly rest: Readonly<Record<string, unknown>>;
}
export const PARTS = ['source', 'flow', 'sink', 'recovery'] as const;
export type Part = (typeof PARTS)[number];

export interface SettledSpec {
  /** Every field that was valid, defaults for the rest; a name that a person has to give is empty. */
  readonly spec: StreamSpec;
  readonly problems: readonly FieldProblem[];
  /** Names in `rest` that no spec has. */
  readonly unknown: readonly string[];
}

/** Names that a spec cannot do without, by part; only those that the type of the part has. */
const NAMES: Readonly<Record<Part, Readonly<Record<string, unknown>>>> = {
  source: { database: 'unnamed', table: { name: 'unnamed' } },
  flow: {},
  sink: { target: 'unnamed', topic: 'unnamed', eventType: 'unnamed', queueName: 'unnamed' },
  recovery: {},
};
const REMEDIES: Readonly<Record<string, string>> = {
  'source.database': 'choose a registered source database',
  'source.table': 'choose a table',
  'sink.target': 'choose a registered sink target',
  'sink.topic': 'name the topic',
  'sink.eventType': 'name the event type',
  'sink.queueName': 'name the queue',
};

/** The nearest draft of a spec that these parts make, and what is missing or wrong in it. The types of its parts must be known ones. */
export function settleSpec(loose: LooseSpec): SettledSpec {
  const name = slug.safeParse(loose.applicationId);
  const source = settle<SourceSpec>('source', sourceSpec, loose.source);
  const flow = settle<FlowSpec>('flow', flowSpec, loose.flow);
  const sink = settle<SinkSpec>('sink', sinkSpec, loose.sink);
  const recovery = settle<RecoverySpec>('recovery', recoverySpec, loose.recovery);
  const spec = { source: source.value, flow: flow.value, sink: sink.value, recovery: recovery.value };
  const nameProblems = name.success ? [] : problemsOf(name.error, loose.applicationId).map((each) => ({ ...each, field: 'applicationId' }));
  const rest = settleRest(loose.rest, spec);
  return {
    spec: { applicationId: name.success ? name.data : '', ...spec, ...rest.value },
    problems: [...nameProblems, ...source.problems, ...flow.problems, ...sink.problems, ...recovery.problems, ...rest.problems],
    unknown: rest.unknown,
  };
}

type FourParts = Pick<StreamSpec, Part>;

/** Fields beside the parts, one by one, as the definition of a whole spec reads them. */
function settleRest(given: Readonly<Record<string, unknown>>, parts: FourParts) {
  const problems: FieldProblem[] = [];
  const unknown: string[] = [];
  let value: Omit<StreamSpec, Part | 'applicationId'> = {};
  const whole = { applicationId: 'unnamed', ...withStandIns(parts) };
  for (const [field, one] of Object.entries(given)) {
    if (field === 'conversions') {
      const settled = settleConversions(one);
      if (settled.value) value = { ...value, conversions: settled.value };
      problems.push(...settled.problems);
      continue;
    }
    const parsed = streamSpec.safeParse({ ...whole, [field]: one });
    if (parsed.success) {
      value = { ...value, ...Object.fromEntries(Object.entries(parsed.data).filter(([name]) => !(name in whole))) };
    } else if (parsed.error.issues.some((issue) => issue.code === 'unrecognized_keys' && issue.path.length === 0)) unknown.push(field);
    else problems.push(...problemsOf(parsed.error, { [field]: one }).filter((problem) => problem.field.split('.')[0] === field));
  }
  return { value, problems, unknown };
}

function withStandIns(parts: FourParts): Record<Part, unknown> {
  const filled = (part: Part) => {
    const fields = parts[part] as unknown as Record<string, unknown>;
    const empty = Object.keys(NAMES[part]).filter((field) => sameJson(fields[field], '') || sameJson(fields[field], { name: '' }));
    return { ...fields, ...Object.fromEntries(empty.map((field) => [field, NAMES[part][field]])) };
  };
  return { source: filled('source'), flow: filled('flow'), sink: filled('sink'), recovery: filled('recovery') };
}

/** Types that a part may have, by the schemas themselves. */
export function isKnownType(part: Exclude<Part, 'source'>, type: unknown): boolean {
  const schema = { flow: flowSpec, sink: sinkSpec, recovery: recoverySpec }[part];
  return schema.options.some((option) => option.shape.type.value === type);
}

function settle<T>(part: Part, schema: z.ZodType<T>, given: Readonly<Record<string, unknown>>): { value: T; problems: FieldProblem[] } {
  const fields: Record<string, unknown> = { ...given };
  const open = new Map<string, FieldProblem>();
  // Each round takes out one field at least, so it ends.
  for (let round = 0; round <= Object.keys(given).length + Object.keys(NAMES[part]).length; round++) {
    const parsed = schema.safeParse(fields);
    if (parsed.success) return { value: withoutStandIns(part, parsed.data, open), problems: [...open.values()] };
    for (const problem of problemsOf(parsed.error, given)) mend(part, fields, given, problem, open, parsed.error);
  }
  throw new Error(`the ${part} part cannot be settled`);
}

/** Takes one wrong field out; a name that must be there gets a stand-in for as long as the parts are read. */
function mend(
  part: Part,
  fields: Record<string, unknown>,
  given: Readonly<Record<string, unknown>>,
  problem: FieldProblem,
  open: Map<string, FieldProblem>,
  error: z.ZodError,
): void {
  const issue = error.issues.find((each) => each.code === 'unrecognized_keys' && each.path.length === 0);
  if (problem.field === 'document' && issue?.code === 'unrecognized_keys') {
    for (const key of issue.keys) {
      delete fields[key];
      open.set(key, { field: `${part}.${key}`, value: given[key], remedy: 'is not known for this type: leave it out' });
    }
    return;
  }
  const field = problem.field.split('.')[0] ?? '';
  const missing = given[field] === undefined || given[field] === '';
  const remedy = (missing ? REMEDIES[`${part}.${field}`] : undefined) ?? problem.remedy;
  if (!open.has(field)) open.set(field, { field: `${part}.${problem.field}`, value: missing ? null : problem.value, remedy });
  if (NAMES[part][field] !== undefined) fields[field] = NAMES[part][field];
  else delete fields[field];
}

function withoutStandIns<T>(part: Part, value: T, open: ReadonlyMap<string, FieldProblem>): T {
  const cleared = { ...value } as Record<string, unknown>;
  for (const field of open.keys()) {
    if (NAMES[part][field] === undefined) continue;
    cleared[field] = isObject(cleared[field]) ? { name: '' } : '';
  }
  return cleared as T;
}
