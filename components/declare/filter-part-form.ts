import type { EventFilter } from '@/core/spec/filter';
import type { ColumnTransform } from '@/core/spec/filter-transform';
import { strings, text } from './typed';

/** The spec's filter as the wizard's fields hold it: empty = not asked. */
export interface FilterForm {
  readonly changedColumns: readonly string[];
  readonly cel: string;
  readonly jsonPath: string;
}
export const EMPTY_FILTER_PART: FilterForm = { changedColumns: [], cel: '', jsonPath: '' };

/** What becomes of a column in the message. */
export const COLUMN_USES = ['exclude', 'mask', 'hash'] as const;
export type ColumnUse = (typeof COLUMN_USES)[number];

/** The spec's transform as the wizard's fields hold it. Only YAML sets `include`: the form leaves columns out one by one. */
export interface TransformForm {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly mask: readonly string[];
  readonly maskText: string;
  readonly hash: readonly string[];
  readonly salt: string;
  /** Null = not said, which is no. */
  readonly hashKeys: boolean | null;
}
export const EMPTY_TRANSFORM_PART: TransformForm = {
  include: [],
  exclude: [],
  mask: [],
  maskText: '****',
  hash: [],
  salt: '',
  hashKeys: null,
};

/** The spec's `filter`, absent where nothing is asked. */
export function filterOf({ changedColumns, cel, jsonPath }: FilterForm): { filter?: Record<string, unknown> } {
  const filter = {
    ...(changedColumns.length > 0 ? { changedColumns: [...changedColumns] } : {}),
    ...(cel.trim() ? { cel: cel.trim() } : {}),
    ...(jsonPath.trim() ? { jsonPath: jsonPath.trim() } : {}),
  };
  return Object.keys(filter).length > 0 ? { filter } : {};
}

/** The spec's `transform`, absent where nothing is asked. */
export function transformOf(form: TransformForm): { transform?: Record<string, unknown> } {
  const { include, exclude, mask, maskText, hash, salt, hashKeys } = form;
  const transform = {
    ...(include.length > 0 ? { include: [...include] } : {}),
    ...(exclude.length > 0 ? { exclude: [...exclude] } : {}),
    ...(mask.length > 0 ? { mask: { columns: [...mask], text: maskText } } : {}),
    ...(hash.length > 0 ? { hash: { columns: [...hash], salt, ...(hashKeys === null ? {} : { keys: hashKeys }) } } : {}),
  };
  return Object.keys(transform).length > 0 ? { transform } : {};
}

export function formOfFilter(filter: EventFilter | undefined): FilterForm {
  return { changedColumns: filter?.changedColumns ?? [], cel: filter?.cel ?? '', jsonPath: filter?.jsonPath ?? '' };
}

export function formOfTransform(transform: ColumnTransform | undefined): TransformForm {
  const { include, exclude, mask, hash } = transform ?? {};
  return {
    include: include ?? [],
    exclude: exclude ?? [],
    mask: mask?.columns ?? [],
    maskText: mask?.text ?? EMPTY_TRANSFORM_PART.maskText,
    hash: hash?.columns ?? [],
    salt: hash?.salt ?? '',
    hashKeys: hash?.keys ?? null,
  };
}

/** The fields that a draft kept. */
export function readFilterPart(stored: Record<string, unknown>): FilterForm {
  return { changedColumns: strings(stored.changedColumns) ?? [], cel: text(stored.cel, ''), jsonPath: text(stored.jsonPath, '') };
}

export function readTransformPart(stored: Record<string, unknown>): TransformForm {
  return {
    include: strings(stored.include) ?? [],
    exclude: strings(stored.exclude) ?? [],
    mask: strings(stored.mask) ?? [],
    maskText: text(stored.maskText, EMPTY_TRANSFORM_PART.maskText),
    hash: strings(stored.hash) ?? [],
    salt: text(stored.salt, ''),
    hashKeys: typeof stored.hashKeys === 'boolean' ? stored.hashKeys : null,
  };
}

/** What becomes of a column; null = delivered as it is. */
export function useOf(form: TransformForm, column: string): ColumnUse | null {
  return COLUMN_USES.find((use) => form[use].includes(column)) ?? null;
}

/** The lists after another choice for one column. */
export function withUse(form: TransformForm, column: string, use: ColumnUse | null): Pick<TransformForm, ColumnUse> {
  const list = (each: ColumnUse) => {
    const others = form[each].filter((name) => name !== column);
    return each === use ? [...others, column] : others;
  };
  return { exclude: list('exclude'), mask: list('mask'), hash: list('hash') };
}

/** In the words of a summary: `only updates of status; cel; 2 columns masked`. Empty = nothing asked. */
export function filterWords({ changedColumns, cel, jsonPath }: FilterForm, transform: TransformForm): string {
  const count = (names: readonly string[], what: string) =>
    names.length > 0 ? `${names.length} ${names.length === 1 ? 'column' : 'columns'} ${what}` : '';
  return [
    changedColumns.length > 0 ? `only updates of ${changedColumns.join(', ')}` : '',
    cel ? `events where ${cel}` : '',
    jsonPath ? `events that match ${jsonPath}` : '',
    transform.include.length > 0 ? `only ${transform.include.join(', ')} and the key` : '',
    count(transform.exclude, 'left out'),
    count(transform.mask, 'masked'),
    count(transform.hash, 'hashed'),
  ]
    .filter(Boolean)
    .join('; ');
}
