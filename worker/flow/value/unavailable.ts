import type { Column } from '@/worker/source/source';
import { bytesWriter } from './binary';
import type { ValueModes } from './modes';

/** Debezium's `unavailable.value.placeholder`: an unchanged out-of-line value that the server did not send. */
export const UNAVAILABLE = '__debezium_unavailable_value';

/** The placeholder in the shape that the column has in these modes: bytes as their text, hstore as one pair, arrays as one element. */
export function unavailableOf({ typeName }: Pick<Column, 'typeName'>, modes: ValueModes): string {
  if (typeName.startsWith('_')) return `["${UNAVAILABLE}"]`;
  if (typeName === 'bytea') return bytes(modes.binaryHandlingMode);
  if (typeName !== 'hstore') return `"${UNAVAILABLE}"`;
  const pair = JSON.stringify({ [UNAVAILABLE]: UNAVAILABLE });
  return modes.hstoreHandlingMode === 'map' ? pair : JSON.stringify(pair);
}

/** In hex it stands as it is, which no hex number does; Debezium does so too. */
function bytes(mode: ValueModes['binaryHandlingMode']): string {
  return `"${mode === 'hex' ? UNAVAILABLE : bytesWriter(mode)(Buffer.from(UNAVAILABLE))}"`;
}
