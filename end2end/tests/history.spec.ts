import { FULL } from '../support/rooms.ts';
import { at, expect, test } from '../support/test.ts';

test('a change is undone from History in a new session, and the undoing too', async ({ house, visit }) => {
  const id = await house.room({ announcement: 'Before' });
  const first = await visit('moderator');
  await first.open(at(id));
  await first.field('announcement').fill('After');
  await first.press('Save', 'button', 'form.room-form');
  await expect(first.answer).toContainText('Saved 1 change.');
  await first.page.context().close();

  const later = await visit('admin');
  const { page } = later;
  await later.open(at(id, 'history'));
  const entries = page.locator('.entries tbody tr');
  await expect(entries).toHaveCount(2);
  await expect(entries.first()).toContainText('moderator');
  await expect(entries.first()).toContainText('changed the room');
  await expect(entries.first()).toContainText('127.0.0.1');
  await later.follow(() => entries.first().getByRole('button', { name: /^Undo/ }).click());
  await expect(later.answer).toContainText('Undone.');
  await expect(page).toHaveURL(house.url + at(id, 'history'));
  await expect(entries).toHaveCount(3);
  await expect(entries.first()).toContainText('undid a change');
  await later.open(at(id));
  await expect(later.field('announcement')).toHaveValue('Before');

  await later.open(at(id, 'history'));
  await later.follow(() => entries.first().getByRole('button', { name: /^Undo/ }).click());
  await later.open(at(id));
  await expect(later.field('announcement')).toHaveValue('After');
});

test('an undo is refused with the difference where the field has moved on', async ({ house, visit }) => {
  const id = await house.room({ announcement: 'One' });
  await house.call('moderator', 'save_room', { id, version: '1', 'changes[announcement]': 'Two' });
  await house.call('moderator', 'save_room', { id, version: '2', 'changes[announcement]': 'Three' });
  const admin = await visit('admin');
  const { page } = admin;
  await admin.open(at(id, 'history'));
  const second = page.locator('.entries tbody tr').nth(1);
  await admin.follow(() => second.getByRole('button', { name: /^Undo/ }).click());
  const clash = page.getByRole('alert').locator('.clash');
  await expect(clash.getByRole('heading')).toHaveText('Announcement');
  await expect(clash.locator('dd')).toHaveText(['Two', 'Three', 'One']);
  await admin.open(at(id));
  await expect(admin.field('announcement'), 'nothing was written').toHaveValue('Three');
});

test('a form that is sent twice is done once', async ({ house }) => {
  const id = await house.room();
  const op = house.fresh('operation-of-a-test');
  const form = { id, client: 'fan-9', op };
  expect((await house.call('admin', 'add_manager', form)).message).toContain('fan-9');
  expect((await house.call('admin', 'add_manager', form)).message).toContain('fan-9');
  const room = await house.send('admin', 'remove_manager', { id, client: 'fan-9' });
  expect(room.status).toBe(200);
});

test('the audit trail is filtered by room, actor, source, field and day', async ({ house, visit }) => {
  const id = await house.room();
  await house.call('moderator', 'save_room', { id, version: '1', 'changes[name]': 'Renamed' });
  await house.call('admin', 'add_manager', { id, client: 'fan-1' });
  const auditor = await visit('auditor');
  const { page } = auditor;
  await auditor.open('/audit');
  const rows = page.locator('.entries tbody tr');
  await page.getByLabel('Room id').fill(id);
  await auditor.press('Filter', 'button', 'form.audit-filters');
  await expect(rows).toHaveCount(3);
  await page.getByLabel('By', { exact: true }).fill('moderator');
  await auditor.press('Filter', 'button', 'form.audit-filters');
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText('Renamed');
  await expect(rows.getByRole('link', { name: id })).toHaveAttribute('href', at(id));
  await page.getByLabel('Field').selectOption('Managers');
  await auditor.press('Filter', 'button', 'form.audit-filters');
  await expect(page.getByRole('heading', { name: 'No entries' })).toBeVisible();
  await page.getByLabel('By', { exact: true }).fill('');
  await page.getByLabel('Through').selectOption('Console');
  await page.getByLabel('From').fill('2026-01-01');
  await auditor.press('Filter', 'button', 'form.audit-filters');
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText('added a manager');
  await page.getByLabel('To', { exact: true }).fill('2026-01-02');
  await auditor.press('Filter', 'button', 'form.audit-filters');
  await expect(page.getByRole('heading', { name: 'No entries' })).toBeVisible();
  await auditor.press('Clear', 'link', 'form.audit-filters');
  await expect(page).toHaveURL(`${house.url}/audit`);

  await auditor.open('/audit?source=command');
  await expect(rows.first()).toContainText('Command');
  await expect(page.getByRole('button', { name: /^Undo/ }), 'an auditor changes nothing').toHaveCount(0);
  await auditor.press('Next', 'link');
  await expect(page).toHaveURL(/source=command.*after=/);
  await expect(rows.first()).toContainText('Command');
});

test('the room as a machine sees it', async ({ visit }) => {
  const viewer = await visit('viewer');
  await viewer.open(at(FULL, 'json'));
  const room = JSON.parse(await viewer.page.locator('#json').innerText());
  expect(room).toMatchObject({ id: FULL, member_count: 9, values: { owner: 'e2e-anchor', managers: ['fan-1', 'fan-2'] } });
});
