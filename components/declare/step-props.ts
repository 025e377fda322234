import type { Dispatch } from 'react';
import type { TableInfo } from '@/core/dto/inspection';
import type { FieldProblem } from '@/core/errors';
import type { WizardAction, WizardState } from './wizard-state';

/** What every step of the wizard gets. */
export interface StepProps {
  readonly state: WizardState;
  readonly dispatch: Dispatch<WizardAction>;
  /** Problems to show beside the fields; empty while the step is still being filled in for the first time. */
  readonly problems: readonly FieldProblem[];
}

/** What the fields of a flow get. */
export interface FlowProps extends StepProps {
  /** Null while no table is picked, or its columns are not known yet. */
  readonly picked: TableInfo | null;
}
