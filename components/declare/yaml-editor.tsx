'use client';

import { yaml } from '@codemirror/lang-yaml';
import { basicSetup, EditorView } from 'codemirror';
import { useEffect, useRef } from 'react';

/** Colours come from the tokens, so both themes fit. */
const theme = EditorView.theme({
  '&': { fontSize: '13px', backgroundColor: 'var(--surface)', color: 'var(--ink)' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-2px' },
  '.cm-content': { fontFamily: 'var(--font-geist-mono)', caretColor: 'var(--ink)', minHeight: '18rem' },
  '.cm-gutters': { backgroundColor: 'var(--sunken)', color: 'var(--ink-faint)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'color-mix(in srgb, var(--accent) 8%, transparent)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--accent-soft) !important' },
  '.cm-scroller': { maxHeight: '40rem', overflow: 'auto' },
  // The default highlight colours are made for white; the structure of YAML reads well without them.
  '.cm-line span': { color: 'inherit' },
});

interface YamlEditorProps {
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly describedBy?: string;
}

/** CodeMirror with YAML. Loaded only when the YAML side is opened. Tab leaves the editor, as everywhere on the page. */
export default function YamlEditor({ value, onChange, describedBy }: YamlEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef({ value, onChange });
  latest.current = { value, onChange };

  useEffect(() => {
    if (!host.current) return;
    const editor = new EditorView({
      doc: latest.current.value,
      parent: host.current,
      extensions: [
        basicSetup,
        yaml(),
        theme,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({
          'aria-label': 'Stream as YAML',
          tabindex: '0',
          ...(describedBy ? { 'aria-describedby': describedBy } : {}),
        }),
        EditorView.updateListener.of((update) => {
          const text = update.state.doc.toString();
          if (update.docChanged && text !== latest.current.value) latest.current.onChange(text);
        }),
      ],
    });
    view.current = editor;
    return () => {
      editor.destroy();
      view.current = null;
    };
  }, [describedBy]);

  // The form changed the text: take it over without losing the view.
  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  return <div ref={host} className="overflow-hidden rounded-md border border-control" />;
}
