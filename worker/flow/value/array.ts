import { jsonString, type TextToJson } from './json-text';

/**
 * A Postgres array (`{1,NULL,"a b"}`, `{{1,2},{3,4}}`, `[0:1]={7,8}`) as nested JSON arrays. Lower bounds
 * are dropped: JSON has none. Text that is no array literal passes as a string.
 */
export function array(element: TextToJson, delimiter = ','): TextToJson {
  return (text) => {
    const start = text.startsWith('[') ? text.indexOf('={') + 1 : 0;
    if (text[start] !== '{') return jsonString(text);
    const parser = new ArrayParser(text, start, element, delimiter);
    const json = parser.list();
    return json !== null && parser.at === text.length ? json : jsonString(text);
  };
}

class ArrayParser {
  constructor(
    private readonly text: string,
    public at: number,
    private readonly element: TextToJson,
    private readonly delimiter: string,
  ) {}

  /** Reads `{…}` at the present place; null when it is malformed. */
  list(): string | null {
    this.at++;
    if (this.text[this.at] === '}') {
      this.at++;
      return '[]';
    }
    let json = '[';
    for (;;) {
      const item = this.text[this.at] === '{' ? this.list() : this.text[this.at] === '"' ? this.quoted() : this.bare();
      if (item === null) return null;
      json += item;
      const next = this.text[this.at++];
      if (next === '}') return `${json}]`;
      if (next !== this.delimiter) return null;
      json += ',';
    }
  }

  private quoted(): string | null {
    let value = '';
    let from = ++this.at;
    for (; this.at < this.text.length; this.at++) {
      const char = this.text[this.at];
      if (char === '"') {
        value += this.text.slice(from, this.at++);
        return this.element(value);
      }
      if (char === '\\') {
        value += this.text.slice(from, this.at++);
        from = this.at;
      }
    }
    return null;
  }

  private bare(): string | null {
    const from = this.at;
    while (this.at < this.text.length && this.text[this.at] !== this.delimiter && this.text[this.at] !== '}') this.at++;
    if (this.at === from) return null;
    const value = this.text.slice(from, this.at);
    // An unquoted NULL is SQL NULL; the text NULL always comes quoted (array_out).
    return value === 'NULL' ? 'null' : this.element(value);
  }
}
