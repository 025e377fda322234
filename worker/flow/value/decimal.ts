import { jsonString, type TextToJson } from './json-text';
import type { ValueModes } from './modes';

type DecimalMode = ValueModes['decimalHandlingMode'];

/** What is no number, by Debezium's names (SpecialValueDecimal). */
const SPECIAL = new Map([
  ['NaN', 'NAN'],
  ['Infinity', 'POSITIVE_INFINITY'],
  ['-Infinity', 'NEGATIVE_INFINITY'],
]);
const DECIMAL = /^(-?\d+)(?:\.(\d+))?$/;

/** numeric by `decimal.handling.mode`; its modifier holds the declared scale, −1 = none is declared. */
export function numeric(mode: DecimalMode, typeModifier: number): TextToJson {
  switch (mode) {
    case 'string':
      // With its scale ("22.2200"), so exact in every JSON parser.
      return (text) => jsonString(SPECIAL.get(text) ?? text);
    case 'double':
      return double;
    case 'precise':
      return typeModifier < 0 ? variableScale : fixedScale(scaleOf(typeModifier));
  }
}

/** Scale in the modifier of a numeric, which since Postgres 15 may be negative (numeric_typmod_scale in numeric.c). */
export function scaleOf(typeModifier: number): number {
  return (((typeModifier - 4) & 0x7ff) ^ 1024) - 1024;
}

/** The nearest double, what is none (also what is too large for one) as Kafka Connect's JsonConverter writes it. */
const double: TextToJson = (text) => {
  const value = DECIMAL.test(text) || SPECIAL.has(text) ? Number(text) : null;
  return value === null ? jsonString(text) : Number.isFinite(value) ? String(value) : `"${value}"`;
};

/** Base64 of the unscaled value: a consumer knows the scale of a declared column. */
function fixedScale(scale: number): TextToJson {
  return (text) => {
    const match = DECIMAL.exec(text);
    const fraction = match?.[2] ?? '';
    if (!match?.[1] || fraction.length > Math.max(0, scale)) return outside(text);
    if (scale >= 0) return `"${base64(BigInt(match[1] + fraction.padEnd(scale, '0')))}"`;
    const unit = 10n ** BigInt(-scale);
    const value = BigInt(match[1]);
    return value % unit === 0n ? `"${base64(value / unit)}"` : jsonString(text);
  };
}

/** Debezium's VariableScaleDecimal: zeros at the end of the fraction are not part of it. */
const variableScale: TextToJson = (text) => {
  const match = DECIMAL.exec(text);
  if (!match?.[1]) return outside(text);
  const fraction = (match[2] ?? '').replace(/0+$/, '');
  return `{"scale":${fraction.length},"value":"${base64(BigInt(match[1] + fraction))}"}`;
};

/**
 * NaN and infinities have no unscaled value, and their names would pass for base64 (`NAN` is two bytes of it). So they are an object,
 * which no reader of numbers takes for one. Debezium stops there.
 */
function outside(text: string): string {
  const special = SPECIAL.get(text);
  return special === undefined ? jsonString(text) : `{"special":"${special}"}`;
}

/** Big-endian two's complement in the fewest bytes (java.math.BigInteger.toByteArray), as base64. */
function base64(value: bigint): string {
  // ~value = −value − 1 has the complement of its bits.
  const digits = (value < 0n ? ~value : value).toString(16);
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  // The first bit is the sign.
  const bytes = Buffer.from(even >= '8' ? `00${even}` : even, 'hex');
  if (value < 0n) for (let at = 0; at < bytes.length; at++) bytes[at] = ~(bytes[at] ?? 0);
  return bytes.toString('base64');
}

const AMOUNT = /\d[\d.,\u00a0\u202f' ]*/;
/** Two digits after the last separator are cents; three are thousands (a currency without cents). */
const CENTS = /[.,](\d\d)$/;

/** A money text as a plain decimal; null when it is none. It depends on lc_monetary: `$1,234.11`, `-$1.00`, `(1.234,11 €)`, `¥1,235`. */
function amountOf(text: string): string | null {
  const amount = AMOUNT.exec(text)?.[0]?.trim();
  if (amount === undefined) return null;
  const cents = CENTS.exec(amount)?.[1];
  const whole = (cents === undefined ? amount : amount.slice(0, -3)).replace(/\D/g, '');
  const sign = text.includes('-') || text.startsWith('(') ? '-' : '';
  return `${sign}${whole}${cents === undefined ? '' : `.${cents}`}`;
}

/** Debezium's default of money.fraction.digits. */
const MONEY_SCALE = 2;

/** money by `decimal.handling.mode`: as a numeric with two fraction digits. */
export function money(mode: DecimalMode): TextToJson {
  const write = mode === 'precise' ? fixedScale(MONEY_SCALE) : numeric(mode, -1);
  return (text) => {
    const amount = amountOf(text);
    return amount === null ? jsonString(text) : write(amount);
  };
}
