import { jsonString, type TextToJson } from './json-text';

const PAIR = /"((?:[^"\\]|\\.)*)"=>(?:"((?:[^"\\]|\\.)*)"|(NULL))(?:, |$)/gsy;

/** hstore → a JSON object inside a string, Debezium's `hstore.handling.mode=json`. */
export const hstore: TextToJson = (text) => {
  PAIR.lastIndex = 0;
  const pairs: string[] = [];
  let end = 0;
  for (let match = PAIR.exec(text); match; match = PAIR.exec(text)) {
    pairs.push(`${jsonString(unquoted(match[1]))}:${match[3] ? 'null' : jsonString(unquoted(match[2]))}`);
    end = PAIR.lastIndex;
    if (end === text.length) break;
  }
  return end === text.length ? jsonString(`{${pairs.join(',')}}`) : jsonString(text);
};

function unquoted(text = ''): string {
  return text.replace(/\\(.)/gs, '$1');
}
