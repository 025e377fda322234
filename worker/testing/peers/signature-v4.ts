import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/**
 * Verifies an AWS Signature Version 4 (Signature Version 4 signing process, "Verify"), written here anew so that the client's own signing
 * code is not what it is compared with. Returns the error code that AWS answers, null when the signature is right.
 */
export function signatureProblem(request: IncomingMessage, body: Uint8Array, secrets: ReadonlyMap<string, string>): string | null {
  const { authorization = '' } = request.headers;
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      authorization,
    );
  if (!match) return 'MissingAuthenticationTokenException';
  const [, id = '', date = '', region = '', service = '', signed = '', signature = ''] = match;
  const secret = secrets.get(id);
  if (secret === undefined) return 'UnrecognizedClientException';
  const names = signed.split(';');
  if (!names.includes('host') || !names.includes('x-amz-date')) return 'InvalidSignatureException';
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const pairs = [...new URLSearchParams(query)].map(([name, value]) => `${encode(name)}=${encode(value)}`).sort();
  const headers = names
    .map(
      (name) =>
        `${name}:${String(request.headers[name] ?? '')
          .trim()
          .replace(/ +/g, ' ')}\n`,
    )
    .join('');
  // Every service but S3 encodes the path once more for its signature.
  const canonical = [request.method, path.split('/').map(encode).join('/'), pairs.join('&'), headers, signed, sha256(body)].join('\n');
  const scope = `${date}/${region}/${service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const key = ['aws4_request', service, region, date].reduceRight<string | Buffer>((made, part) => hmac(made, part), `AWS4${secret}`);
  const expected = hmac(key, text);
  return timingSafeEqual(expected, Buffer.from(signature, 'hex')) ? null : 'InvalidSignatureException';
}
