import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { PLACES } from '../support/pages.ts';
import { test } from '../support/test.ts';

const HERE = join(dirname(fileURLToPath(import.meta.url)), '..');
const SHOTS = join(HERE, 'test-results/shots');
const SIZES = [
  { width: 1280, height: 800 },
  { width: 360, height: 740 },
];

for (const [n, { name, who, go }] of PLACES.entries()) {
  test(name, async ({ house, visit }) => {
    mkdirSync(SHOTS, { recursive: true });
    const reader = await visit(who);
    await go(reader, house);
    for (const size of SIZES) {
      await reader.page.setViewportSize(size);
      for (const colorScheme of ['light', 'dark'] as const) {
        await reader.page.emulateMedia({ colorScheme });
        const file = `${String(n).padStart(2, '0')} ${name} ${size.width} ${colorScheme}.png`.replaceAll(/[ ,]+/g, '-');
        await reader.page.screenshot({ path: join(SHOTS, file), fullPage: true });
      }
    }
  });
}

// Real channels of the demo set: Japanese and Korean names, sorted by members.
test('readme', async ({ visit }) => {
  const reader = await visit('admin');
  await reader.open('/rooms?q=%E3%83%B3&sort=-members');
  await reader.page.screenshot({ path: join(HERE, 'screenshots/rooms.png') });
});
