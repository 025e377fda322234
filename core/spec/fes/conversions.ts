import type { FieldProblem } from '../../errors';
import { type ConversionSpec, conversionChain, conversionSpec } from '../conversion';
import { awsLambdaConversion } from '../lambda-conversion';
import { problemsOf } from '../problems';
import type { StreamSpec } from '../stream-spec';
import type { Connections, Finding } from './imported';
import { copyOf, isObject, type Json, type JsonObject, objectIn, sameJson, textIn } from './json';

/** FES' flow that Spillway runs behind a flow of its own. */
export const LAMBDA_FLOW = 'AwsLambdaConversion';
/** Stands for a name that a person has to give, for as long as a conversion is read. */
const UNNAMED = 'unnamed';
const SOME_ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:unnamed';

type Chain = StreamSpec['conversions'];

/** The chain that an entry stands for: Spillway's own, else FES' one function; `null` of ours takes FES' away. */
export function conversionsIn(entry: JsonObject, own: JsonObject): Json | undefined {
  if (own.conversions !== undefined) return own.conversions ?? undefined;
  const { type, lambdaFunctionArn = '' } = objectIn(entry, 'flow');
  return type === LAMBDA_FLOW ? [{ type: LAMBDA_FLOW, target: '', lambdaFunctionArn }] : undefined;
}

/** The nearest chain that is given, names that are missing empty, and what is missing or wrong in it. */
export function settleConversions(given: unknown): { readonly value: Chain; readonly problems: readonly FieldProblem[] } {
  const list = Array.isArray(given) ? given : [];
  const settled = list.map(settleOne);
  const problems = settled.flatMap(({ problems: some }, index) =>
    some.map((problem) => ({
      ...problem,
      field: problem.field === 'document' ? `conversions.${index}` : `conversions.${index}.${problem.field}`,
    })),
  );
  const chain = settled.flatMap(({ value }) => value ?? []);
  if (chain.length === list.length && chain.length > 0 && chain.length <= 4) return { value: chain, problems };
  const whole = conversionChain.safeParse(given);
  return {
    value: undefined,
    problems:
      problems.length > 0 || whole.success
        ? problems
        : [{ field: 'conversions', value: null, remedy: whole.error.issues[0]?.message ?? '' }],
  };
}

function settleOne(given: unknown): { readonly value: ConversionSpec | null; readonly problems: readonly FieldProblem[] } {
  const nameless = isObject(given) && given.type === LAMBDA_FLOW && !given.target;
  const parsed = conversionSpec.safeParse(nameless ? { ...given, target: UNNAMED } : given);
  const missing: FieldProblem[] = nameless
    ? [{ field: 'target', value: null, remedy: 'choose a registered sink target of type AwsLambda' }]
    : [];
  if (parsed.success) return { value: nameless ? ({ ...parsed.data, target: '' } as ConversionSpec) : parsed.data, problems: missing };
  const problems = [...missing, ...problemsOf(parsed.error, given)];
  const onlyArn = isObject(given)
    ? awsLambdaConversion.safeParse({ ...given, target: textIn(given, 'target') || UNNAMED, lambdaFunctionArn: SOME_ARN })
    : null;
  if (!onlyArn?.success) return { value: null, problems };
  return { value: { ...onlyArn.data, target: nameless ? '' : onlyArn.data.target, lambdaFunctionArn: '' }, problems };
}

/** Chooses the target where one alone fits; else says what to choose from. */
export function chooseFunctions(chain: Chain, { targets }: Connections): { readonly value: Chain; readonly findings: readonly Finding[] } {
  const fitting = targets.filter(({ type }) => type === 'AwsLambda').map(({ name }) => name);
  const [only] = fitting;
  const findings: Finding[] = [];
  const value = chain?.map((each, index): ConversionSpec => {
    if (each.type !== LAMBDA_FLOW || fitting.includes(each.target)) return each;
    if (only !== undefined && fitting.length === 1) return { ...each, target: only };
    const remedy =
      only === undefined
        ? 'ask a platform admin to register a sink target of type AwsLambda; none is registered'
        : `choose one of ${fitting.join(', ')}`;
    findings.push({ kind: 'choose', field: `conversions.${index}.target`, value: each.target || null, remedy });
    return { ...each, target: '' };
  });
  return { value, findings };
}

/** Makes an entry say the chain: in FES' field where that is all that changed, else under `spillway:`. `read` = what it says now. */
export function overlayConversions(entry: JsonObject, own: () => JsonObject, chain: Chain, read: () => Chain, withNames: boolean): void {
  const says = () => sameJson(withNames ? read() : namedAs(read(), chain), chain);
  if (says()) return;
  delete own().conversions;
  if (says()) return;
  const [only, ...more] = chain ?? [];
  const flow = objectIn(entry, 'flow');
  if (only?.type === LAMBDA_FLOW && more.length === 0 && flow.type === LAMBDA_FLOW) {
    const before = flow.lambdaFunctionArn;
    flow.lambdaFunctionArn = only.lambdaFunctionArn;
    if (says()) return;
    if (before === undefined) delete flow.lambdaFunctionArn;
    else flow.lambdaFunctionArn = before;
  }
  own().conversions = chain === undefined ? null : copyOf(chain);
}

/** A target belongs to this installation: one that the entry does not name is that of the spec. */
function namedAs(said: Chain, chain: Chain): Chain {
  return said?.map((each, index) => {
    const meant = chain?.[index];
    return each.type === LAMBDA_FLOW && each.target === '' && meant?.type === LAMBDA_FLOW ? { ...each, target: meant.target } : each;
  });
}
