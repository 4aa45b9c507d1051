import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Disk } from '../support/disk.ts';
import { PLACES } from '../support/pages.ts';
import { planned } from '../support/jobs.ts';
import { at, test, type Visit } from '../support/test.ts';

const HERE = join(dirname(fileURLToPath(import.meta.url)), '..');
const SHOTS = join(HERE, 'test-results/shots');
const SIZES = [
  { width: 1280, height: 800 },
  { width: 360, height: 740 },
];

/** Every picture of one page. */
async function shoot({ page }: Visit, name: string): Promise<void> {
  mkdirSync(SHOTS, { recursive: true });
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const file = `${name} ${size.width} ${colorScheme}.png`.replaceAll(/[ ,]+/g, '-');
      await page.screenshot({ path: join(SHOTS, file), fullPage: true });
    }
  }
}

for (const [n, { name, who, go }] of PLACES.entries()) {
  test(name, async ({ house, visit }) => {
    const reader = await visit(who);
    await go(reader, house);
    await shoot(reader, `${String(n).padStart(2, '0')} ${name}`);
  });
}

test('a full disk', async ({ other, visit }, info) => {
  const disk = new Disk(info.testId);
  const house = await other(disk.settings);
  const admin = await visit('admin', { baseURL: house.url });
  await admin.open(at(await house.room({ name: '深夜の歌枠' })));
  disk.fill();
  await admin.field('name').fill('朝の歌枠');
  await admin.press('Save', 'button', 'form.room-form');
  await shoot(admin, 'a full disk, refused');
  await admin.open('/rooms');
  await shoot(admin, 'a full disk, rooms');
  disk.mend();
  disk.close();
  house.errors();
});

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
