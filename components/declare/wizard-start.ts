import type { DraftDto } from '@/core/dto/stream';
import { checkForm, type SpecCheck } from './form-check';
import { formOfImported } from './imported-spec';
import { readForm } from './read-form';
import { EMPTY_FORM, formOf } from './spec-form';
import { isStep } from './steps';
import type { RevisedStream } from './wizard-context';
import { reduce, startState, type WizardState } from './wizard-state';
import { yamlEdit } from './wizard-yaml';

/** What the wizard begins with. Made by the server, so that the browser loads parsers and schemas only when something is edited. */
export interface WizardStart {
  readonly state: WizardState;
  readonly check: SpecCheck;
}

interface Beginning {
  readonly teams: readonly { readonly id: string }[];
  readonly draft: DraftDto | null;
  readonly revised: RevisedStream | null;
}

/** A draft as it was left, else the stream as it is, else an empty form. */
export function startOf(from: Beginning): WizardStart {
  const state = firstState(from);
  return { state, check: checkForm(state.form) };
}

function firstState({ teams, draft, revised }: Beginning): WizardState {
  if (draft) return stateOfDraft(draft);
  if (!revised) return startState(teams[0]?.id ?? '');
  const form = formOf(revised.spec, { ...EMPTY_FORM, applicationId: revised.name });
  return startState(revised.teamId, form, 'events');
}

/** The state that a draft was saved from. Unknown or outdated parts fall back to the defaults. */
export function stateOfDraft(draft: { readonly teamId: string; readonly body: unknown; readonly step: string }): WizardState {
  const body = (typeof draft.body === 'object' && draft.body !== null ? draft.body : {}) as Record<string, unknown>;
  const step = isStep(draft.step) ? draft.step : 'source';
  const form = formOfImported(body.spec) ?? readForm(body.form);
  const state = { ...startState(draft.teamId, form, step), reason: typeof body.reason === 'string' ? body.reason : '' };
  return typeof body.yaml === 'string' ? { ...reduce(state, yamlEdit(body.yaml)), edits: 0 } : state;
}
