import type { TableInfo } from '@/core/dto/inspection';
import type { FieldProblem } from '@/core/errors';
import type { FlowSpec } from '@/core/spec/flow';
import { OPERATIONS, type Operation } from '@/core/spec/source-choices';
import type { YamlResult } from '@/core/spec/stream-yaml';
import type { ConversionForm } from './conversion-part-form';
import { EMPTY_FILTER_PART, EMPTY_TRANSFORM_PART } from './filter-part-form';
import { possibleOperations } from './possible-operations';
import { EMPTY_FORM, formOf, type SpecForm } from './spec-form';
import type { Step } from './steps';

/** Everything that is typed in the wizard. Pure data: what is asked of the server lives in hooks. */
export interface WizardState {
  readonly step: Step;
  readonly teamId: string;
  readonly reason: string;
  readonly form: SpecForm;
  /** The YAML as typed, while it is the side that was edited last; null = printed from the form. */
  readonly yaml: string | null;
  readonly yamlProblems: readonly FieldProblem[];
  /** Bumped by each edit that a draft has to keep. */
  readonly edits: number;
}

type Section = 'source' | 'filter' | 'transform' | 'flow' | 'sink' | 'recovery' | 'spill';
/** The YAML side was edited; what its text says comes along, so that the parser is loaded only where YAML is shown (wizard-yaml.ts). */
export interface YamlEdit {
  readonly type: 'yaml';
  readonly text: string;
  readonly parsed: YamlResult;
}

export type WizardAction =
  | { readonly type: 'go'; readonly step: Step }
  | { readonly type: 'team'; readonly teamId: string }
  | { readonly type: 'reason'; readonly reason: string }
  | { readonly type: 'name'; readonly applicationId: string }
  | { readonly type: 'database'; readonly database: string }
  | { readonly type: 'table'; readonly table: TableInfo }
  | { readonly type: 'operation'; readonly operation: Operation; readonly on: boolean }
  | { readonly type: 'columns'; readonly columns: readonly string[] | null }
  | { [S in Section]: { readonly type: 'edit'; readonly section: S; readonly change: Partial<SpecForm[S]> } }[Section]
  | { readonly type: 'flow'; readonly flow: FlowSpec }
  | { readonly type: 'conversions'; readonly conversions: readonly ConversionForm[] }
  | YamlEdit;

export function startState(teamId: string, form: SpecForm = EMPTY_FORM, step: Step = 'source'): WizardState {
  return { step, teamId, reason: '', form, yaml: null, yamlProblems: [], edits: 0 };
}

export function reduce(state: WizardState, action: WizardAction): WizardState {
  switch (action.type) {
    case 'go':
      return { ...state, step: action.step };
    case 'team':
      return edited(state, { teamId: action.teamId });
    case 'reason':
      return edited(state, { reason: action.reason });
    case 'name':
      return formEdited(state, { applicationId: action.applicationId });
    case 'database':
      if (action.database === state.form.source.database) return state;
      // An imported manifest names its table before it is known where that is.
      if (state.form.source.database === '') return formEdited(state, { source: { ...state.form.source, database: action.database } });
      // Another server has other tables: what was picked there means nothing here.
      return formEdited(state, {
        ...NO_FILTER,
        source: { ...state.form.source, database: action.database, schema: 'public', table: '', columns: null, rowFilter: '' },
      });
    case 'table':
      return formEdited(state, {
        ...(isTable(state.form.source, action.table) ? {} : NO_FILTER),
        source: tablePicked(state.form.source, action.table),
      });
    case 'operation': {
      const chosen = (operation: Operation) =>
        operation === action.operation ? action.on : state.form.source.operations.includes(operation);
      return formEdited(state, { source: { ...state.form.source, operations: OPERATIONS.filter(chosen) } });
    }
    case 'columns':
      return formEdited(state, { source: { ...state.form.source, columns: action.columns } });
    case 'edit':
      return formEdited(state, { [action.section]: { ...state.form[action.section], ...action.change } });
    case 'flow':
      return formEdited(state, { flow: action.flow });
    case 'conversions':
      return formEdited(state, { conversions: action.conversions });
    case 'yaml':
      return yamlEdited(state, action);
  }
}

/** Conditions and columns of another table mean nothing. */
const NO_FILTER: Pick<SpecForm, 'filter' | 'transform'> = { filter: EMPTY_FILTER_PART, transform: EMPTY_TRANSFORM_PART };

function isTable(source: SpecForm['source'], { schema, name }: TableInfo): boolean {
  return source.schema === schema && source.table === name;
}

function tablePicked(source: SpecForm['source'], table: TableInfo): SpecForm['source'] {
  const same = isTable(source, table);
  const possible = possibleOperations(table);
  const operations = source.operations.filter((operation) => possible.includes(operation));
  return {
    ...source,
    schema: table.schema,
    table: table.name,
    operations: operations.length > 0 ? operations : ['insert'],
    columns: same ? source.columns : null,
    rowFilter: same ? source.rowFilter : '',
  };
}

function edited(state: WizardState, change: Partial<WizardState>): WizardState {
  return { ...state, ...change, edits: state.edits + 1 };
}

function formEdited(state: WizardState, change: Partial<SpecForm>): WizardState {
  return edited(state, { form: { ...state.form, ...change }, yaml: null, yamlProblems: [] });
}

function yamlEdited(state: WizardState, { text, parsed }: YamlEdit): WizardState {
  // Text that does not parse keeps the form as it was: the form shows the last valid version.
  if (!parsed.ok) return edited(state, { yaml: text, yamlProblems: parsed.problems });
  return edited(state, { yaml: text, yamlProblems: [], form: formOf(parsed.spec, state.form) });
}

/** What a draft keeps of the state. */
export function draftBody(state: WizardState): Record<string, unknown> {
  return { form: state.form, reason: state.reason, yaml: state.yaml };
}
