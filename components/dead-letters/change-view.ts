/** One column of a stored change, as the inbox shows it. */
export interface ColumnView {
  readonly name: string;
  readonly type: string | null;
  readonly key: boolean;
  /** undefined = not in the change; null = SQL NULL. */
  readonly before: string | null | undefined;
  readonly after: string | null | undefined;
  /** A large value that the server did not send because it had not changed. */
  readonly unchanged: boolean;
  /** Bytes of a large value of which only the beginning is kept, and that is what `before` and `after` show. */
  readonly cutBytes?: number;
  readonly changed: boolean;
}

export interface ChangeView {
  readonly op: string;
  readonly columns: readonly ColumnView[];
}

/** Reads the stored input of a letter (worker/source/stored-change.ts). null when it has another shape: then the raw JSON is shown. */
export function readChange(input: unknown): ChangeView | null {
  if (!isRecord(input) || !Array.isArray(input.columns) || typeof input.op !== 'string') return null;
  const before = Array.isArray(input.before) ? input.before : null;
  const after = Array.isArray(input.after) ? input.after : null;
  const columns = input.columns.flatMap((column: unknown, index): ColumnView[] => {
    if (!isRecord(column) || typeof column.name !== 'string') return [];
    const [cutOld, cutNow] = [cutOf(input.cut, 'before', index), cutOf(input.cut, 'after', index)];
    const old = cutOld?.preview ?? textOf(before?.[index]);
    const now = cutNow?.preview ?? textOf(after?.[index]);
    const unchanged = cutNow === null && isUnchanged(after?.[index]);
    const cut = cutNow ?? cutOld;
    return [
      {
        name: column.name,
        type: typeof column.typeName === 'string' ? column.typeName : null,
        key: column.primaryKey === true || column.identity === true,
        before: old,
        after: now,
        unchanged,
        ...(cut ? { cutBytes: cut.bytes } : {}),
        changed: before !== null && after !== null && !unchanged && old !== undefined && old !== now,
      },
    ];
  });
  return columns.length > 0 ? { op: input.op, columns } : null;
}

/** A value that the letter does not hold (CutValue of worker/source/source.ts). */
function cutOf(cut: unknown, side: 'before' | 'after', column: number): { bytes: number; preview: string } | null {
  const found: unknown = Array.isArray(cut) ? cut.find((value) => isRecord(value) && value.side === side && value.column === column) : null;
  if (!isRecord(found) || typeof found.bytes !== 'number' || typeof found.preview !== 'string') return null;
  return { bytes: found.bytes, preview: found.preview };
}

function textOf(value: unknown): string | null | undefined {
  if (value === null) return null;
  return typeof value === 'string' ? value : undefined;
}

function isUnchanged(value: unknown): boolean {
  return isRecord(value) && value.unchanged === true;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The word of an operation code. */
export function operationWord(op: string): string {
  const words: Record<string, string> = { c: 'insert', u: 'update', d: 'delete', r: 'snapshot read', t: 'truncate', m: 'message' };
  return words[op] ?? op;
}
