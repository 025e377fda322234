/** The beginning of a UTF-8 text that was cut anywhere: whole characters only. */
export function wholeCharacters(bytes: Buffer): string {
  let end = bytes.length;
  // A character has 4 bytes at most: look back for the start of the last one and drop it when its end is missing.
  for (let back = 1; back <= Math.min(4, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    if (length > back) end -= back;
    break;
  }
  return bytes.toString('utf8', 0, end);
}

/** The first `length` UTF-16 units of a text, one fewer where that would cut a character in two. */
export function beginningOf(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, text.length > length && last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}
