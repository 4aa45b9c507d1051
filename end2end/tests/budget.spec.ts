// What a first visit loads: as little as promised, packed, and kept for a year.
import { request as http } from 'node:http';
import { brotliCompressSync, gunzipSync } from 'node:zlib';

import { expect, test } from '../support/test.ts';

/** Module, wasm, styles and boot script with brotli: 120 KB. */
const BUDGET = 122_880;

/** Asks for a file as a browser would; gives the bytes as they were sent. */
async function load(url: string, accept: string): Promise<{ bytes: Buffer; headers: NodeJS.Dict<string | string[]> }> {
  return new Promise((done, failed) => {
    const asked = http(url, { headers: { 'accept-encoding': accept } }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => done({ bytes: Buffer.concat(chunks), headers: answer.headers }));
    });
    asked.on('error', failed);
    asked.end();
  });
}

test('scripts, wasm and styles keep to the budget, packed and cached by their content', async ({ house, visit }) => {
  const viewer = await visit('viewer');
  const loaded = new Set<string>();
  viewer.page.on('request', (request) => {
    if (new URL(request.url()).pathname.startsWith('/pkg/')) loaded.add(request.url());
  });
  await viewer.open('/rooms');
  const files = [...loaded].sort();
  const endings = files.map((file) => file.replace(/^.*\./, ''));
  expect(endings.sort()).toEqual(['css', 'js', 'js', 'wasm']);

  const weights: Record<string, number> = {};
  for (const file of files) {
    const { bytes, headers } = await load(file, 'gzip, deflate, br');
    expect(file).toMatch(/\/[a-z_]+\.[0-9a-f]{16}\.(css|js|wasm)$/);
    expect(headers['cache-control'], file).toBe('public, max-age=31536000, immutable');
    expect(headers['content-encoding'], file).toMatch(/^(br|gzip)$/);
    // Our own two small files come as gzip; counted is what brotli would make of them.
    const small = headers['content-encoding'] === 'gzip' ? brotliCompressSync(gunzipSync(bytes)) : bytes;
    weights[file.replace(/^.*\//, '')] = small.length;

    const packed = await load(file, 'gzip');
    expect(packed.headers['content-encoding'], file).toBe('gzip');
    const plain = await load(file, 'identity');
    expect(plain.headers['content-encoding'], file).toBeUndefined();
    expect(gunzipSync(packed.bytes).equals(plain.bytes), file).toBe(true);
  }
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  expect(total, JSON.stringify(weights)).toBeLessThanOrEqual(BUDGET);
  const gone = await fetch(`${house.url}/pkg/wardroom.0123456789abcdef.js`);
  expect(gone.status).toBe(404);
});

test('a page carries no script and no style of its own, and forbids both', async ({ house, visit }) => {
  const viewer = await visit('viewer');
  const answer = await viewer.page.request.get(`${house.url}/rooms`);
  const policy = answer.headers()['content-security-policy'] ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain('unsafe-inline');
  expect(answer.headers()['cache-control']).toBe('no-store');
  const html = await answer.text();
  expect(html).not.toMatch(/<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)/i);
});
