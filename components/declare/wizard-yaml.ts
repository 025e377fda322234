import { parseStreamYaml, printStreamYaml } from '@/core/spec/stream-yaml';
import { specOf } from './spec-form';
import type { WizardState, YamlEdit } from './wizard-state';

/** The text that the YAML side shows. */
export function yamlText(state: Pick<WizardState, 'yaml' | 'form'>): string {
  return state.yaml ?? printStreamYaml(specOf(state.form));
}

/** What an edit of the YAML side makes of the state. */
export function yamlEdit(text: string): YamlEdit {
  return { type: 'yaml', text, parsed: parseStreamYaml(text) };
}
