import { createHash } from 'node:crypto';

/** Removes what varies between failures of one kind: quoted parts, identifiers, numbers. */
export function messagePattern(message: string): string {
  return message
    .replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g, '"…"')
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '#')
    .replace(/\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b/gi, '#')
    .replace(/[+-]?\d+(?:[.,:/-]\d+)*/g, '#')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 500);
}

/** Group key of letters that fail alike: 32 hexadecimal digits over stream, class, status and the message's pattern. */
export function fingerprint(streamId: string, errorClass: string, message: string, status?: number): string {
  return createHash('sha256')
    .update([streamId, errorClass, status ?? '', messagePattern(message)].join('\n'))
    .digest('hex')
    .slice(0, 32);
}
