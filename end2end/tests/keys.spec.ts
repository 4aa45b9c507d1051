// What scripts add to the list: a selection that lasts, ranges, keys, and the palette.
import { at, expect, test, type Visit } from '../support/test.ts';

const said = (visit: Visit) => visit.page.locator('[data-count]');
const box = (visit: Visit, n: number) => visit.page.getByRole('checkbox', { name: `Select Paged ${String(n).padStart(3, '0')}` });
const ids = (visit: Visit) => new URL(visit.page.url()).searchParams.getAll('ids');

test('a selection takes ranges and pages, stays while the list is turned and searched, and ends with Clear', async ({ visit }) => {
  const moderator = await visit('moderator');
  const { page } = moderator;
  await moderator.open('/rooms?tags=paged');
  await expect(said(moderator)).toHaveText('Tick rooms to change several at once.');
  await box(moderator, 2).click();
  await box(moderator, 5).click({ modifiers: ['Shift'] });
  await expect(said(moderator)).toHaveText('4 selected');
  await box(moderator, 3).click();
  await expect(said(moderator)).toHaveText('3 selected');

  await moderator.press('Next', 'link');
  await expect(said(moderator)).toHaveText('3 selected, 3 of them not on this page');
  const whole = page.getByRole('checkbox', { name: 'This page' });
  await whole.check();
  await expect(said(moderator)).toHaveText('53 selected, 3 of them not on this page');
  await box(moderator, 60).click();
  await expect(whole).not.toBeChecked();
  expect(await whole.evaluate((input: HTMLInputElement) => input.indeterminate)).toBe(true);

  await page.getByRole('searchbox', { name: 'Search rooms' }).fill('paged:00');
  await expect(page.locator('#total')).toHaveText('10 rooms');
  await expect(box(moderator, 2)).toBeChecked();
  await expect(box(moderator, 3)).not.toBeChecked();
  await moderator.follow(() => page.goBack());
  await moderator.open('/rooms?tags=paged');
  await expect(box(moderator, 5)).toBeChecked();
  await moderator.press('Change selected');
  expect(ids(moderator).length).toBe(52);
  expect(new Set(ids(moderator)).size).toBe(52);
  expect(ids(moderator)).toContain('paged:002');

  await moderator.open('/rooms?tags=paged');
  await page.getByRole('button', { name: 'Clear selection' }).click();
  await expect(box(moderator, 2)).not.toBeChecked();
  await expect(said(moderator)).toHaveText('Tick rooms to change several at once.');
  await page.reload();
  await moderator.awake();
  await expect(page.locator('#results tbody input:checked')).toHaveCount(0);
});

test('no more is selected than an address carries, and the bar says what to do', async ({ visit }) => {
  const moderator = await visit('moderator');
  const { page } = moderator;
  await moderator.open('/rooms?sort=name');
  const full = page.getByText('No more can be carried: take all that match');
  for (let pages = 0; pages < 12 && !(await full.isVisible()); pages += 1) {
    if (pages > 0) await moderator.press('Next', 'link');
    await page.getByRole('checkbox', { name: 'This page' }).check({ force: true }).catch(() => {});
  }
  await expect(full).toBeVisible();
  await moderator.press('Change selected');
  expect(page.url().length).toBeLessThan(6200);
  expect(ids(moderator).length).toBeGreaterThan(100);
});

test('keys go from row to row, select and open; they rest while somebody types or composes', async ({ visit }) => {
  const moderator = await visit('moderator');
  const { page } = moderator;
  await moderator.open('/rooms?tags=paged');
  const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  expect(await focused()).toBe('Paged 001');
  await page.keyboard.press('x');
  await expect(box(moderator, 1)).toBeChecked();
  await page.keyboard.press('x');
  await expect(box(moderator, 1)).not.toBeChecked();
  await page.keyboard.press('x');
  for (const key of ['j', 'j', 'Shift+X']) await page.keyboard.press(key);
  await expect(said(moderator)).toHaveText('3 selected');
  for (const key of ['k', 'k', 'Shift+X']) await page.keyboard.press(key);
  await expect(said(moderator)).toHaveText('Tick rooms to change several at once.');
  await page.evaluate(() => {
    const composed = { key: 'j', bubbles: true, isComposing: true };
    document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', composed));
  });
  await page.keyboard.press('Alt+j');
  expect(await focused()).toBe('Paged 001');

  await page.keyboard.press('?');
  const keys = page.getByRole('dialog', { name: 'Keys' });
  await expect(keys).toContainText('next room of the list');
  await page.keyboard.press('j');
  await page.keyboard.press('Escape');
  await expect(keys).toBeHidden();
  expect(await focused()).toBe('Paged 001');

  await page.keyboard.press('/');
  const search = page.getByRole('searchbox', { name: 'Search rooms' });
  await expect(search).toBeFocused();
  await page.keyboard.type('xjk?');
  await expect(search).toHaveValue('xjk?');
  await moderator.open('/rooms?tags=paged');
  await page.keyboard.press('j');
  await moderator.follow(() => page.keyboard.press('Enter'));
  await expect(page).toHaveURL(new RegExp(`${at('paged:000')}$`));
});

test('whoever turned single keys off is left alone; Ctrl+K stays', async ({ house, visit }) => {
  const { state } = await house.staff('viewer');
  const viewer = await visit(state);
  const { page } = viewer;
  await viewer.open('/preferences');
  await page.getByRole('checkbox', { name: 'Single keys do something' }).uncheck();
  await viewer.press('Save', 'button', 'form.room-form');
  await viewer.open('/rooms');
  for (const key of ['j', '/', '?']) await page.keyboard.press(key);
  await expect(page.locator('dialog[open]')).toHaveCount(0);
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('BODY');
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog', { name: 'Go to' })).toBeVisible();
});

test('the palette leads to pages, views and rooms', async ({ house, visit }) => {
  const name = house.fresh('Palette 視圖');
  await house.call('auditor', 'save_view', { name, query: 'tags=e2e' });
  const auditor = await visit('auditor');
  const { page } = auditor;
  await auditor.open('/audit');
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: 'Go to' });
  const links = palette.getByRole('link');
  const input = palette.getByRole('searchbox');
  await expect(input).toBeFocused();
  await expect(links).toHaveText(['Rooms', 'Jobs', 'Audit', 'Preferences', 'Account', name]);
  await expect(palette.getByRole('status')).toHaveText('6 to choose from');

  await input.fill('視圖');
  await expect(links).toHaveText([name]);
  await auditor.follow(() => page.keyboard.press('Enter'));
  expect(new URL(page.url()).searchParams.get('tags')).toBe('e2e');

  await page.keyboard.press('Control+k');
  await input.fill('e2e:arabic');
  await expect(links).toHaveCount(1);
  await page.keyboard.press('ArrowDown');
  await expect(links.first()).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await expect(input).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await auditor.follow(() => page.keyboard.press('Enter'));
  await expect(page).toHaveURL(new RegExp(`${at('e2e:arabic')}$`));

  await page.keyboard.press('Control+k');
  await expect(palette).toBeVisible();
  await page.keyboard.press('Control+k');
  await expect(palette).toBeHidden();
  await page.keyboard.press('Control+k');
  await input.fill('nothing is called this');
  await expect(links).toHaveCount(0);
  await auditor.follow(() => page.keyboard.press('Enter'));
  await expect(page).toHaveURL(/\/rooms\?q=nothing/);
});
