import { temporalDigits } from './date-time';
import { epochDaysBytes, timeNumberBytes, timestampNumberBytes, timestamptzBytes } from './date-time-bytes';
import { scaleOf } from './decimal';
import { fixedScaleBytes } from './decimal-bytes';
import { encodersIn, precisionOf, type ShapedColumn } from './encoder';
import { type BytesToJson, booleanBytes, floatBytes, integerBytes, stringBytes, throughText } from './json-bytes';
import { boolean, float, integer, jsonString, type TextToJson } from './json-text';
import type { ValueModes } from './modes';

const SIMPLE = new Map<TextToJson, BytesToJson>([
  [jsonString, stringBytes],
  [integer, integerBytes],
  [float, floatBytes],
  [boolean, booleanBytes],
]);
/** More no type of Postgres declares; a user's own type of the same name may. */
const MOST_PRECISION = 6;

/** How the bytes of a column's text become JSON in these modes: the same bytes as by encodersIn, for most values without making text of them. */
export function byteEncodersIn(modes: ValueModes): (column: ShapedColumn) => BytesToJson {
  const textOf = encodersIn(modes);
  return (column) => {
    const text = textOf(column);
    const simple = SIMPLE.get(text);
    return simple ?? shorter(column, modes, throughText(text));
  };
}

/** The short way for the usual form of these types, `otherwise` for all else. */
function shorter({ typeName, typeModifier }: ShapedColumn, modes: ValueModes, otherwise: BytesToJson): BytesToJson {
  const digits = temporalDigits(modes.timePrecisionMode);
  const precision = precisionOf(typeModifier);
  switch (typeName) {
    case 'numeric': {
      const scale = typeModifier < 0 ? -1 : scaleOf(typeModifier);
      return modes.decimalHandlingMode === 'precise' && scale >= 0 ? fixedScaleBytes(scale, otherwise) : otherwise;
    }
    case 'timestamptz':
      return precision <= MOST_PRECISION ? timestamptzBytes(precision, otherwise) : otherwise;
    case 'timestamp':
      return digits ? timestampNumberBytes(digits.timestamp(precision), otherwise) : otherwise;
    case 'time':
      return digits ? timeNumberBytes(digits.time(precision), otherwise) : otherwise;
    case 'date':
      return digits ? epochDaysBytes(otherwise) : otherwise;
    default:
      return otherwise;
  }
}
