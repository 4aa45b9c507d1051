import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { PLACES } from '../support/pages.ts';
import { planned } from '../support/jobs.ts';
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

// Real channels of the demo set: Japanese and Korean names, sorted by members; tabs of saved views, some rooms ticked.
test('readme, rooms', async ({ house, visit }) => {
  const reader = await visit('admin');
  for (const [name, query] of [
    ['Live now', 'status=active&sort=-last_message'],
    ['静かな部屋', 'muted=yes'],
    ['Closed', 'opening=closed'],
  ] as const) {
    await house.call('admin', 'save_view', { name, query, shared: 'yes' });
  }
  await reader.open('/rooms?q=%E3%83%B3&sort=-members');
  for (const row of [1, 2, 4]) await reader.page.locator('#results tbody input').nth(row).check();
  await reader.page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await reader.page.screenshot({ path: join(HERE, 'screenshots/rooms.png') });
});

test('readme, job', async ({ house, visit }) => {
  const reader = await visit('admin');
  const change = { 'typed[set][announcement]': '本日の配信は終了しました', 'typed[add][tags]': 'アーカイブ' };
  const id = await planned(house, { 'chosen[all]': '1', 'chosen[query]': 'q=%E3%83%B3', ...change });
  await reader.open(`/jobs/${id}`);
  await reader.page.screenshot({ path: join(HERE, 'screenshots/plan.png') });
});
