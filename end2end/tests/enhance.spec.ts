// What scripts add: everything here works without them too, only slower.
import { RTL } from '../support/rooms.ts';
import { at, expect, test } from '../support/test.ts';

test('search as you type swaps the results and writes the address; only the newest answer counts', async ({ visit }) => {
  const viewer = await visit('viewer');
  const { page } = viewer;
  await viewer.open('/rooms?tags=e2e');
  await page.evaluate(() => Object.assign(window, { isSamePage: true }));
  const box = page.getByRole('searchbox');

  // The answer to the first question comes last, and must not be shown.
  let release = () => {};
  const held = new Promise<void>((done) => (release = done));
  await page.route(/q=%E7%9B%B4(&|$)/, async (route) => {
    await held;
    await route.continue().catch(() => {});
  });
  const asked = page.waitForRequest(/q=%E7%9B%B4(&|$)/);
  await box.fill('直');
  await asked;
  await box.fill('مباشر');
  await expect(page.locator('.room-name')).toHaveText([RTL]);
  release();
  await expect(page).toHaveURL(/q=%D9%85/);
  await expect(page.locator('#total')).toHaveText('1 room');
  await expect(page.locator('#announce')).toHaveText('1 room');
  await expect(page.locator('.room-name')).toHaveText([RTL]);
  await expect(box).toBeFocused();

  await box.fill('');
  await expect(page).toHaveURL(/\/rooms\?tags=e2e$/);
  await expect(page.locator('.room-name')).not.toHaveCount(1);
  expect(await page.evaluate(() => 'isSamePage' in window), 'the page itself stayed').toBe(true);
  await page.reload();
  await expect(page.locator('.room-name')).not.toHaveCount(1);
});

test('a filter is looked up as it is chosen', async ({ visit }) => {
  const viewer = await visit('viewer');
  const { page } = viewer;
  await viewer.open('/rooms?tags=e2e');
  await page.locator('.finder summary').click();
  await page.getByLabel('Status').selectOption('Inactive');
  await expect(page).toHaveURL(/status=inactive/);
  await expect(page.locator('#filter-count')).toHaveText('Filter (2)');
  await expect(page.locator('.room-name')).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(page.locator('.finder details')).not.toHaveAttribute('open');
  await expect(page.locator('.finder summary')).toBeFocused();

});

test('a walk through the console leaves nothing in the browser but the selection', async ({ house, visit }) => {
  const id = await house.room({ tags: 'walked' });
  const account = await house.staff('admin');
  const walker = await visit(account.state);
  const { page } = walker;
  const kept = () =>
    page.evaluate(async () => ({
      caches: await caches.keys(),
      cookies: document.cookie,
      databases: (await indexedDB.databases()).map(({ name }) => name),
      local: Object.entries({ ...localStorage }),
      session: Object.entries({ ...sessionStorage }),
      workers: (await navigator.serviceWorker.getRegistrations()).length,
    }));
  const nothing = { caches: [], cookies: '', databases: [], local: [], session: [] as unknown[], workers: 0 };
  await walker.open('/rooms?tags=walked');
  expect(await kept()).toEqual(nothing);
  await page.locator('#results tbody input').first().check();
  const selection = { ...nothing, session: [[expect.stringMatching(/^selected /), id]] };
  expect(await kept()).toEqual(selection);

  await page.keyboard.press('Control+k');
  await page.keyboard.type(id);
  await page.locator('#palette [data-found]').first().waitFor();
  await walker.open(at(id));
  await walker.field('name').fill('Typed while walking');
  await walker.press('Save', 'button', 'form.room-form');
  expect(await kept()).toEqual(selection);
  await walker.open('/staff');
  await page.getByLabel('Name', { exact: true }).fill(house.fresh('walker'));
  await walker.press('Add', 'button', 'section[aria-labelledby=add-title]');
  await expect(page.locator('#secret'), 'a secret is on the page').toBeVisible();
  expect(await kept()).toEqual(selection);
  for (const path of ['/audit', '/apps', '/jobs', '/account', '/account/totp', '/preferences', at(id, 'api')]) {
    await walker.open(path);
    expect(await kept(), path).toEqual(selection);
  }

  await page.locator('.topbar summary').click();
  await walker.press('Sign out');
  await expect(page).toHaveURL(/\/sign-in/);
  expect(await kept(), 'signing out takes that too').toEqual(nothing);
});

test('a slash goes to the search box, and is a slash while somebody types', async ({ visit }) => {
  const viewer = await visit('viewer');
  await viewer.open('/rooms');
  await viewer.page.keyboard.press('/');
  const box = viewer.page.getByRole('searchbox');
  await expect(box).toBeFocused();
  await viewer.page.keyboard.type('a/b');
  await expect(box).toHaveValue('a/b');
  await expect(viewer.page).toHaveURL(/q=a%2Fb/);
});

test('leaving with unsaved changes warns, saving does not', async ({ house, visit }) => {
  const id = await house.room();
  const moderator = await visit('moderator');
  const { page } = moderator;
  await moderator.open(at(id));
  const note = page.locator('[data-unsaved]');
  await expect(note).toBeHidden();
  await moderator.field('name').click();
  await page.keyboard.type('Not saved ');
  await expect(note).toBeVisible();

  const asked: string[] = [];
  page.once('dialog', (dialog) => {
    asked.push(dialog.type());
    void dialog.dismiss();
  });
  await page.getByRole('link', { name: 'History' }).click();
  await expect.poll(() => asked).toEqual(['beforeunload']);
  await expect(page).toHaveURL(house.url + at(id));
  await expect(moderator.field('name')).toHaveValue(/Not saved/);

  page.on('dialog', (dialog) => {
    asked.push(dialog.type());
    void dialog.accept();
  });
  await moderator.press('Save', 'button', 'form.room-form');
  await expect(moderator.answer).toContainText('Saved 1 change.');
  await moderator.press('History', 'link', 'nav.tabs');
  expect(asked, 'one warning in all').toEqual(['beforeunload']);

  await moderator.open(at(id));
  await moderator.field('cover').fill('nonsense');
  await moderator.press('Save', 'button', 'form.room-form');
  await expect(note, 'a refused form is unsaved from the start').toBeVisible();
});

test('Ctrl+S saves, once', async ({ house, visit }) => {
  const id = await house.room();
  const moderator = await visit('moderator');
  await moderator.open(at(id));
  await moderator.field('announcement').fill('Saved by a key');
  await moderator.follow(() => moderator.page.keyboard.press('Control+s'));
  await expect(moderator.answer).toContainText('Saved 1 change.');
  await expect(moderator.answer).toBeFocused();
  await expect(moderator.field('announcement')).toHaveValue('Saved by a key');
});

test('limits are told while somebody types', async ({ house, visit }) => {
  const id = await house.room();
  const moderator = await visit('moderator');
  await moderator.open(at(id));
  const name = moderator.field('name');
  const limits = moderator.page.locator('#field-name-limits');
  await expect(limits.locator('.field-hint:visible')).toHaveCount(0);
  await name.fill('直'.repeat(30));
  await expect(limits.locator('.field-hint:visible')).toHaveText(['Too long for ZEGOCLOUD: 90 of 64 bytes.']);
  await name.fill('直'.repeat(129));
  await expect(limits.locator('.field-count')).toHaveText('129 of 128 characters');
  await expect(limits.locator('.field-hint:visible')).toHaveCount(2);
  await moderator.press('Save', 'button', 'form.room-form');
  await expect(moderator.page.locator('#field-name-error')).toContainText('too long: 129 of 128 characters');
});

test('times are shown in the reader’s zone, and texts are copied', async ({ visit }) => {
  const viewer = await visit('viewer', { permissions: ['clipboard-read', 'clipboard-write'] });
  const { page } = viewer;
  await viewer.open(at('e2e:full', 'members'));
  const sent = page.locator('section[aria-labelledby=message-title] time');
  await expect(sent).toHaveAttribute('title', '2026-11-17 00:00 UTC');
  await expect(sent).toHaveText('2026-11-17 08:00');
  await page.getByRole('button', { name: 'Copy id' }).click();
  await expect(page.locator('#announce')).toHaveText('Copied');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('e2e:full');
});

test('a menu closes with Escape and with a click outside', async ({ visit }) => {
  const viewer = await visit('viewer');
  const { page } = viewer;
  await viewer.open('/rooms');
  const menu = page.locator('.topbar details');
  await menu.locator('summary').click();
  await expect(page.getByRole('link', { name: 'Account' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('link', { name: 'Account' })).toBeHidden();
  await menu.locator('summary').click();
  await page.getByRole('heading', { level: 1 }).click();
  await expect(page.getByRole('link', { name: 'Account' })).toBeHidden();
});
