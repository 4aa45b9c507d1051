// The list as somebody has it before them: saved views, columns, exports, and rooms selected for a change of many.
import { readFileSync } from 'node:fs';

import { PAGED } from '../support/rooms.ts';
import { expect, test, type Visit } from '../support/test.ts';

const heads = (visit: Visit) => visit.page.locator('#results thead th');
const tab = (visit: Visit, name: string) => visit.page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name });

/** Opens the list's menu and follows one of its links. */
async function choose(visit: Visit, name: string): Promise<void> {
  await visit.page.locator('.list-tools summary').click();
  await visit.press(name, 'link', '.list-tools');
}

test('a view is saved, changed, shared and deleted', async ({ house, visit }) => {
  const name = house.fresh('夜の歌枠 <b>');
  const moderator = await visit('moderator');
  const { page } = moderator;
  await moderator.open('/rooms?tags=e2e&status=active&sort=-members');
  await choose(moderator, 'Save as a new view');
  await expect(page.getByText('Tags: e2e')).toBeVisible();
  await moderator.press('Save', 'button', 'form.room-form');
  await expect(moderator.answer).toContainText('Name is empty; say what the view shows.');
  await moderator.field('name').fill(name);
  await page.getByRole('checkbox', { name: 'Categories' }).check();
  await page.getByRole('spinbutton', { name: 'Place of Categories' }).fill('1');
  await moderator.press('Save', 'button', 'form.room-form');

  await expect(moderator.answer).toContainText(`Saved the view ${name}.`);
  await expect(tab(moderator, name)).toHaveAttribute('aria-current', 'page');
  await expect(heads(moderator).filter({ visible: true }).nth(2)).toHaveText('Categories');
  await expect(page.locator('#results tbody tr').filter({ hasText: '直播間 歌枠' })).toContainText('7');

  await moderator.open('/rooms');
  await moderator.follow(() => tab(moderator, name).click());
  const saved = new URL(page.url()).searchParams;
  expect([saved.get('tags'), saved.get('status'), saved.get('sort')]).toEqual(['e2e', 'active', '-members']);
  await expect(page.getByText('Not as the view was saved')).toHaveCount(0);
  await moderator.follow(() => page.getByRole('link', { name: 'Status: Active' }).click());
  await expect(page.getByText('Not as the view was saved')).toBeVisible();
  await page.locator('.list-tools summary').click();
  await moderator.press('Save these filters to the view');
  await expect(page.getByText('Not as the view was saved')).toHaveCount(0);

  const viewer = await visit('viewer');
  await viewer.open('/rooms');
  await expect(tab(viewer, name)).toHaveCount(0);
  await choose(moderator, 'Rename, share or delete this view');
  await page.getByRole('checkbox', { name: 'Everybody sees it' }).check();
  await moderator.press('Save', 'button', 'form.room-form');
  await viewer.open('/rooms');
  await viewer.follow(() => tab(viewer, name).click());
  await expect(heads(viewer).nth(1)).toHaveText('Categories');
  await viewer.page.locator('.list-tools summary').click();
  await expect(viewer.page.getByRole('link', { name: 'Rename, share or delete this view' })).toHaveCount(0);

  await choose(moderator, 'Rename, share or delete this view');
  await moderator.press('Delete');
  await expect(moderator.answer).toContainText(`Deleted the view ${name}.`);
  await viewer.page.reload();
  await viewer.awake();
  await expect(tab(viewer, name)).toHaveCount(0);
  await expect(viewer.page.getByText('View is gone, or not shared with you')).toBeVisible();
});

test('columns and density are chosen without a mouse and follow their person', async ({ house, visit }) => {
  const { state } = await house.staff('viewer');
  const viewer = await visit(state);
  const { page } = viewer;
  await viewer.open('/rooms');
  await choose(viewer, 'Columns and density');
  const capacity = page.getByRole('checkbox', { name: 'Capacity' });
  await capacity.focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('2');
  await page.getByRole('checkbox', { name: 'Created' }).uncheck();
  await page.getByRole('radio', { name: /compact/ }).check();
  await viewer.follow(() => page.keyboard.press('Enter'));
  await expect(viewer.answer).toContainText('Saved your preferences.');
  const expected = ['Name', 'State', 'Capacity', 'Owner', 'Tags', 'Members', 'Last message', 'Updated'];
  const other = await visit(state, { viewport: { width: 1000, height: 800 } });
  await other.open('/rooms?q=e2e%3Afull');
  expect(await heads(other).allInnerTexts()).toEqual(expected);
  await expect(other.page.locator('#results tbody')).toContainText('500');
  const row = await other.page.locator('#results tbody tr').first().boundingBox();
  expect(row?.height).toBeLessThanOrEqual(34);
});

test('the list is taken along as CSV and as JSON lines', async ({ visit }) => {
  const viewer = await visit('viewer');
  const { page } = viewer;
  await viewer.open('/rooms?tags=paged&sort=-updated');
  const take = async (name: string) => {
    await page.locator('.list-tools summary').click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name }).click()]);
    await page.keyboard.press('Escape');
    return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'utf8') };
  };
  const csv = await take('Export as CSV');
  expect(csv.name).toBe('rooms.csv');
  const lines = csv.text.trim().split('\n');
  expect(lines[0]).toBe('id,name,status,opening,muted,listed,owner,tags,member_count,last_message_at,updated_at,created_at');
  expect(lines.length).toBe(PAGED + 1);
  expect(lines[1]).toMatch(/^paged:119,Paged 119,active,open,no,yes,e2e-pager,paged,0,,2026-04-30T00:00:00Z,/);
  await viewer.open('/rooms?tags=paged&sort=-updated');
  const json = await take('Export as JSON lines');
  expect(json.name).toBe('rooms.jsonl');
  expect(JSON.parse(json.text.split('\n')[0] ?? '')).toMatchObject({ id: 'paged:119', tags: ['paged'], member_count: 0 });
});

test('ticked rooms, or all that match, go along to the plan', async ({ visit }) => {
  const moderator = await visit('moderator');
  const { page } = moderator;
  await moderator.open('/rooms?tags=paged&q=Paged');
  await page.getByRole('checkbox', { name: 'Select Paged 003' }).check();
  await page.getByRole('checkbox', { name: 'Select Paged 007' }).check();
  await moderator.follow(() => page.getByRole('button', { name: 'Change selected' }).click());
  const chosen = new URL(page.url());
  expect([chosen.pathname, chosen.searchParams.getAll('ids')]).toEqual(['/jobs/new', ['paged:003', 'paged:007']]);

  await moderator.open('/rooms?tags=paged&q=Paged&sort=-updated');
  await moderator.follow(() => page.getByRole('link', { name: `All ${PAGED} matching` }).click());
  const all = new URL(page.url());
  expect(all.pathname).toBe('/jobs/new');
  expect([...all.searchParams]).toEqual([
    ['q', 'Paged'],
    ['tags', 'paged'],
    ['all', '1'],
  ]);
  const viewer = await visit('viewer');
  await viewer.open('/rooms?tags=paged');
  await expect(viewer.page.locator('#results input[type=checkbox]')).toHaveCount(0);
});
