import type { Dispatch } from 'react';
import type { FieldProblem } from '@/core/errors';
import type { WizardAction, WizardState } from './wizard-state';

/** What every step of the wizard gets. */
export interface StepProps {
  readonly state: WizardState;
  readonly dispatch: Dispatch<WizardAction>;
  /** Problems to show beside the fields; empty while the step is still being filled in for the first time. */
  readonly problems: readonly FieldProblem[];
}
