import { jsonString, type TextToJson } from './json-text';

const SPECIAL = new Map([
  ['NaN', '"NAN"'],
  ['Infinity', '"POSITIVE_INFINITY"'],
  ['-Infinity', '"NEGATIVE_INFINITY"'],
]);

/** numeric → a string with its scale (`"22.2200"`), exact in every JSON parser; what is no number has Debezium's name (SpecialValueDecimal). */
export const numeric: TextToJson = (text) => SPECIAL.get(text) ?? jsonString(text);

const AMOUNT = /\d[\d.,\u00a0\u202f' ]*/;
/** Two digits after the last separator are cents; three are thousands (a currency without cents). */
const CENTS = /[.,](\d\d)$/;

/** money → a plain decimal string. Its text depends on lc_monetary: `$1,234.11`, `-$1.00`, `(1.234,11 €)`, `¥1,235`. */
export const money: TextToJson = (text) => {
  const amount = AMOUNT.exec(text)?.[0]?.trim();
  if (amount === undefined) return jsonString(text);
  const cents = CENTS.exec(amount)?.[1];
  const whole = (cents === undefined ? amount : amount.slice(0, -3)).replace(/\D/g, '');
  const sign = text.includes('-') || text.startsWith('(') ? '-' : '';
  return `"${sign}${whole}${cents === undefined ? '' : `.${cents}`}"`;
};
