'use client';

import { yaml } from '@codemirror/lang-yaml';
import { CodeEditor, type CodeEditorProps } from './code-editor';

const language = yaml();

/** An editor for the stream as YAML. Loaded only when the YAML side is opened. */
export default function YamlEditor(props: Pick<CodeEditorProps, 'value' | 'onChange' | 'describedBy'>) {
  return <CodeEditor {...props} label="Stream as YAML" language={language} />;
}
