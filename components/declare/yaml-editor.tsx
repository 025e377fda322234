'use client';

import { yaml } from '@codemirror/lang-yaml';
import { CodeEditor } from './code-editor';
import type { StepProps } from './step-props';
import { yamlEdit, yamlText } from './wizard-yaml';

const language = yaml();

interface YamlEditorProps extends Pick<StepProps, 'state' | 'dispatch'> {
  readonly describedBy: string;
}

/** An editor for the stream as YAML. Loaded, with the parser, only when the YAML side is opened. */
export default function YamlEditor({ state, dispatch, describedBy }: YamlEditorProps) {
  return (
    <CodeEditor
      value={yamlText(state)}
      describedBy={describedBy}
      onChange={(text) => dispatch(yamlEdit(text))}
      label="Stream as YAML"
      language={language}
    />
  );
}
