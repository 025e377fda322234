/** A row filter as a person wrote it, and as the server printed what it had made of it (pg_get_expr). */
export interface FilterAsMade {
  readonly declared: string;
  readonly printed: string;
}

const HEAD = 'Made by Spillway. Row filter: ';

/** Text of COMMENT ON PUBLICATION: the server keeps no condition as it was typed, so this is where both can be compared again. */
export function commentFor(filter: FilterAsMade): string {
  return HEAD + JSON.stringify({ declared: filter.declared, printed: filter.printed });
}

/** Null for any comment that is not one of ours. */
export function readComment(comment: string | null): FilterAsMade | null {
  if (!comment?.startsWith(HEAD)) return null;
  try {
    const parsed: unknown = JSON.parse(comment.slice(HEAD.length));
    const { declared, printed } = parsed as Partial<FilterAsMade>;
    return typeof declared === 'string' && typeof printed === 'string' ? { declared, printed } : null;
  } catch {
    return null;
  }
}
