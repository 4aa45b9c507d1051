// Once per run: a database with the demo rooms, the tests' own rooms and one signed-in account per role. Every worker
// takes a copy, sessions and all, so that no test waits for a password to be hashed.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DEMO } from './place.ts';
import { ROOMS, asLines } from './rooms.ts';
import { Server, addStaff, wardroom, type Role, type State } from './server.ts';

export const ROLES: Role[] = ['admin', 'moderator', 'viewer', 'auditor'];
export const PASSWORD = 'correct horse battery staple';

export default async function setup(): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'wardroom-e2e-'));
  process.env.WARDROOM_E2E_RUN = folder;
  const database = join(folder, 'template.db');
  const own = join(folder, 'own.jsonl');
  writeFileSync(own, asLines(ROOMS));
  wardroom(database, 'import', DEMO);
  wardroom(database, 'import', own);
  const oneTime = new Map(ROLES.map((role) => [role, addStaff(database, role, role)]));
  const server = await Server.start(database);
  const states: Record<string, State> = {};
  for (const [role, password] of oneTime) {
    states[role] = await server.begin({ name: role, password: PASSWORD }, password);
  }
  // Stopping folds the write-ahead log into the one file that the workers copy.
  await server.stop();
  writeFileSync(join(folder, 'states.json'), JSON.stringify(states));
  return () => rmSync(folder, { recursive: true, force: true });
}
