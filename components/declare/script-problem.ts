import type { TextPlace } from './code-editor';

/** The place that a message about a script names: "… line 3, column 5: …"; null when it names none. */
export function placeNamed(message: string): TextPlace | null {
  const [, line, column] = /\bline (\d+)(?:, column (\d+))?:/i.exec(message) ?? [];
  return line === undefined ? null : { line: Number(line), column: Number(column ?? 1) };
}
