'use client';

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
  // The default highlight colours are made for white; structure reads well without them.
  '.cm-line span': { color: 'inherit' },
});

/** A place in a text as people count: lines and columns from 1. A new object goes there again. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

export interface CodeEditorProps {
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly label: string;
  readonly describedBy?: string | undefined;
  /** CodeMirror's support for the language; that of the first moment stays. */
  readonly language: typeof basicSetup;
  /** Where the cursor is put. */
  readonly goTo?: TextPlace | null | undefined;
}

/** CodeMirror. Loaded only where it is shown. Tab leaves the editor, as everywhere on the page. */
export function CodeEditor({ value, onChange, label, describedBy, language, goTo }: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef({ value, onChange, language });
  latest.current = { ...latest.current, value, onChange };

  useEffect(() => {
    if (!host.current) return;
    const editor = new EditorView({
      doc: latest.current.value,
      parent: host.current,
      extensions: [
        basicSetup,
        latest.current.language,
        theme,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({
          'aria-label': label,
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
  }, [label, describedBy]);

  // The form changed the text: take it over without losing the view.
  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || !goTo || goTo.line > editor.state.doc.lines) return;
    const line = editor.state.doc.line(goTo.line);
    editor.dispatch({ selection: { anchor: Math.min(line.to, line.from + goTo.column - 1) }, scrollIntoView: true });
    editor.focus();
  }, [goTo]);

  return <div ref={host} className="overflow-hidden rounded-md border border-control" />;
}
