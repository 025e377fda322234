'use client';

import { javascript } from '@codemirror/lang-javascript';
import { CodeEditor, type CodeEditorProps } from './code-editor';

/** TypeScript reads JavaScript as well. */
const language = javascript({ typescript: true });

/** An editor for a script. Loaded only where a stream has one. */
export default function ScriptEditor(props: Pick<CodeEditorProps, 'value' | 'onChange' | 'describedBy' | 'goTo'>) {
  return <CodeEditor {...props} label="Script" language={language} />;
}
