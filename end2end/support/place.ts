// Where things are: the browser, the server's program, the demo rooms, and what the set-up leaves for the workers.
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

export const CHROMIUM = process.env.CHROMIUM || '/usr/bin/chromium';
export const WARDROOM = process.env.WARDROOM_BIN || join(ROOT, 'target/debug/wardroom');
export const DEMO = join(ROOT, 'xtask/demo/rooms.jsonl.gz');
export const SHIM_SOURCE = join(ROOT, 'xtask/fault/fault.c');

/** The folder of one run: the template database, the sessions, the workers' databases. */
export function runFolder(): string {
  const folder = process.env.WARDROOM_E2E_RUN;
  if (!folder || !existsSync(folder)) throw new Error('the set-up has not run');
  return folder;
}
