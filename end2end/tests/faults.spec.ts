// A disk that is full: every page says so, what was typed comes back, and saving goes on by itself when there is room.
import { AxeBuilder } from '@axe-core/playwright';

import { Disk } from '../support/disk.ts';
import { at, expect, test } from '../support/test.ts';

test('while the disk is full every page says so, nothing typed is lost, and it goes on when there is room', async ({
  other,
  visit,
  js,
}, info) => {
  const disk = new Disk(info.testId);
  const house = await other(disk.settings);
  const id = await house.room({ name: 'Before' });
  const admin = await visit('admin', { baseURL: house.url });
  const viewer = await visit('viewer', { baseURL: house.url });
  const { page } = admin;
  const banner = page.locator('[data-unsaving]');
  await admin.open(at(id));
  await expect(banner).toHaveCount(0);
  await admin.field('name').fill('深夜の歌枠');
  await admin.field('description').fill('Typed while\nthe disk was full');

  disk.fill();
  await admin.press('Save', 'button', 'form.room-form');
  await expect(page.getByRole('alert').first()).toContainText('cannot save at the moment: the disk is full');
  await expect(admin.field('name')).toHaveValue('深夜の歌枠');
  await expect(admin.field('description')).toHaveValue('Typed while\nthe disk was full');
  await expect(banner).toContainText("Wardroom can't save at the moment: the disk is full");
  await expect(page.locator('main')).toContainText('Make room on the disk');
  await expect(page.getByRole('heading', { level: 1 }), 'nothing was written').toHaveText('Before');

  for (const address of ['/rooms', '/rooms?q=Before', '/jobs', '/account', at(id, 'history')]) {
    expect(await viewer.open(address), address).toBe(200);
    await expect(viewer.page.locator('[data-unsaving=disk_full]'), address).toBeVisible();
  }
  await expect(viewer.page.locator('main')).toContainText('Please tell whoever runs this house.');

  if (js) {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect((await new AxeBuilder({ page }).analyze()).violations, colorScheme).toEqual([]);
    }
  }

  disk.mend();
  // The house tries every second; whoever looks again sees that it succeeded.
  await expect(async () => {
    await viewer.open('/rooms');
    await expect(viewer.page.locator('[data-unsaving]')).toHaveCount(0, { timeout: 100 });
  }).toPass();
  await admin.press('Save', 'button', 'form.room-form');
  await expect(admin.answer).toContainText('Saved 2 changes.');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('深夜の歌枠');
  await expect(banner).toHaveCount(0);
  expect(house.errors().length, 'the log says what failed').toBeGreaterThan(0);
  disk.close();
});
