import { FULL } from '../support/rooms.ts';
import { at, expect, test } from '../support/test.ts';

test('a room goes to another owner by a guarded step, and the old one stays as a manager', async ({ house, visit }) => {
  const id = await house.room();
  const admin = await visit('admin');
  const { page } = admin;
  await admin.open(at(id));
  await admin.press(/^Transfer/, 'link');
  await expect(page).toHaveURL(house.url + at(id, 'owner'));
  await expect(page.getByRole('heading', { level: 1 })).toContainText(`Transfer Room of a test ${id}`);

  await admin.press('Continue');
  await admin.fillClient(admin.field('to'), 'olivia');
  await admin.press('Continue');
  await expect(admin.field('to')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.locator('#field-to-error')).toContainText('owns the room already');
  await expect(admin.field('to')).toHaveValue('olivia');

  await admin.fillClient(admin.field('to'), 'fan-3');
  await admin.press('Continue');
  await expect(page.getByRole('heading', { name: 'What will happen' })).toBeVisible();
  await expect(page.locator('.handover')).toContainText('olivia');
  await expect(page.locator('.handover')).toContainText('fan-3');
  await expect(page.getByText('The new owner is not a member of the room.')).toBeVisible();
  await expect(page.getByLabel('Keep olivia as manager')).toBeChecked();
  await admin.press('Transfer the room');

  await expect(page).toHaveURL(house.url + at(id));
  await expect(admin.answer).toContainText('Transferred the room to fan-3.');
  const people = page.locator('section[aria-labelledby=people-title]');
  await expect(people.locator('ul').first()).toContainText('fan-3');
  await expect(people.locator('ul').nth(1)).toContainText('olivia');

  await admin.press('Undo', 'button', '[data-answer]');
  await expect(admin.answer).toContainText('Undone.');
  await expect(people.locator('ul').first()).toContainText('olivia');
  await expect(people).toContainText('No managers.');
});

test('the old owner goes for good where that was asked, and an unknown client is warned of', async ({ house, visit }) => {
  const id = await house.room();
  const admin = await visit('admin');
  const { page } = admin;
  await admin.open(`${at(id, 'owner')}?to=somebody-new`);
  await expect(page.getByText('No room here knows this client yet.')).toBeVisible();
  await page.getByLabel('Keep olivia as manager').uncheck();
  await admin.press('Transfer the room');
  const people = page.locator('section[aria-labelledby=people-title]');
  await expect(people.locator('ul').first()).toContainText('somebody-new');
  await expect(people).toContainText('No managers.');
});

test('a transfer that somebody else made meanwhile is not made again', async ({ house, visit }) => {
  const id = await house.room();
  const admin = await visit('admin');
  await admin.open(`${at(id, 'owner')}?to=fan-4`);
  await house.call('admin', 'transfer_room', { id, version: '1', to: 'fan-5' });
  await admin.press('Transfer the room');
  await expect(admin.page.getByRole('alert')).toContainText('somebody else changed the same meanwhile');
  await expect(admin.page.locator('section[aria-labelledby=people-title] ul').first()).toContainText('fan-5');
});

test('managers come and go one by one', async ({ house, visit }) => {
  const id = await house.room();
  const admin = await visit('admin');
  const { page } = admin;
  await admin.open(at(id));
  const managers = page.locator('section[aria-labelledby=people-title] ul').nth(1);
  await admin.fillClient(admin.field('client'), 'fan-1');
  await admin.press('Add manager');
  await expect(admin.answer).toContainText('fan-1 is a manager now.');
  await admin.fillClient(admin.field('client'), '経理');
  await admin.press('Add manager');
  await expect(managers.locator('bdi')).toHaveText(['fan-1', '経理']);

  await admin.fillClient(admin.field('client'), 'olivia');
  await admin.press('Add manager');
  await expect(admin.field('client')).toHaveAttribute('aria-invalid', 'true');
  await expect(admin.field('client')).toHaveValue('olivia');
  await expect(page.locator('#field-client-error')).toContainText('owns the room');

  await admin.press('Remove manager fan-1');
  await expect(admin.answer).toContainText('fan-1 is no manager any more.');
  await expect(managers.locator('bdi')).toHaveText(['経理']);
  await admin.press('Undo', 'button', '[data-answer]');
  await expect(managers.locator('bdi')).toHaveText(['fan-1', '経理']);
});

test('a moderator may edit but not transfer: no link, no page, no request', async ({ house, visit }) => {
  const id = await house.room();
  const moderator = await visit('moderator');
  const { page } = moderator;
  await moderator.open(at(id));
  await expect(moderator.field('name')).toBeEditable();
  await expect(moderator.field('webhook')).toHaveCount(0);
  await expect(page.getByRole('link', { name: /Transfer/ })).toHaveCount(0);
  await expect(moderator.field('client')).toHaveCount(0);
  expect(await moderator.open(at(id, 'owner'))).toBe(403);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Not for your role');
  await expect(page.getByText('Only an admin may change this; ask one.')).toBeVisible();

  for (const [name, fields] of [
    ['transfer_room', { id, version: '1', to: 'fan-1' }],
    ['add_manager', { id, client: 'fan-1' }],
    ['save_room', { id, version: '1', 'changes[webhook]': 'x' }],
    ['create_room', { id: `${id}-2`, 'changes[name]': 'x' }],
    ['add_staff', { name: 'x', role: 'admin' }],
  ] as const) {
    const sent = await house.send('moderator', name, fields);
    expect(sent.status, name).toBe(403);
    expect(await sent.text(), name).toContain('Only an admin may');
  }

  // A form that was made for somebody else is refused with a message, not with a blank page.
  const admin = await visit('admin');
  await admin.open(`${at(id, 'owner')}?to=fan-1`);
  await admin.page.context().clearCookies();
  await admin.page.context().addCookies(house.state('moderator').cookies);
  await admin.press('Transfer the room');
  await expect(admin.page.getByRole('alert')).toContainText('Not allowed. Only an admin may change this; ask one.');
  await expect(admin.page.locator('section[aria-labelledby=people-title]')).toContainText('olivia');

  await moderator.open('/audit?actor=moderator');
  await expect(page.locator('.entries')).toContainText('was refused');
});

test('members stand with their roles, and the last message beside them', async ({ visit }) => {
  const viewer = await visit('viewer');
  await viewer.open(at(FULL, 'members'));
  const rows = viewer.page.locator('.table tbody tr');
  await expect(rows).toHaveCount(9);
  await expect(rows.filter({ hasText: '歌姬' })).toContainText('Owner');
  await expect(rows.filter({ hasText: 'fan-1' })).toContainText('Manager');
  await expect(viewer.page.locator('section[aria-labelledby=message-title]')).toContainText('はじめまして！');
});
