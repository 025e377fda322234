import { jsonString, type TextToJson } from './json-text';
import type { ValueModes } from './modes';

const PAIR = /"((?:[^"\\]|\\.)*)"=>(?:"((?:[^"\\]|\\.)*)"|(NULL))(?:, |$)/gsy;

/** hstore by `hstore.handling.mode`: a JSON object, in `json` inside a string. Pairs keep the order of Postgres. */
export function hstore(mode: ValueModes['hstoreHandlingMode']): TextToJson {
  return (text) => {
    const object = objectOf(text);
    return object === null || mode === 'json' ? jsonString(object ?? text) : object;
  };
}

function objectOf(text: string): string | null {
  PAIR.lastIndex = 0;
  const pairs: string[] = [];
  let end = 0;
  for (let match = PAIR.exec(text); match; match = PAIR.exec(text)) {
    pairs.push(`${jsonString(unquoted(match[1]))}:${match[3] ? 'null' : jsonString(unquoted(match[2]))}`);
    end = PAIR.lastIndex;
    if (end === text.length) break;
  }
  return end === text.length ? `{${pairs.join(',')}}` : null;
}

function unquoted(text = ''): string {
  return text.replace(/\\(.)/gs, '$1');
}
