import { at, expect, test } from '../support/test.ts';

const HOSTILE = `</textarea><script>document.title='owned'</script>"'><img src=x onerror="document.title='owned'">&amp;`;

test('three fields are changed at once, and the answer shows each before and after', async ({ house, visit }) => {
  const id = await house.room({ description: 'As it was' });
  const moderator = await visit('moderator');
  const { page } = moderator;
  await moderator.open(at(id));
  await moderator.field('name').fill('深夜歌枠');
  await moderator.field('description').fill('Two\nlines');
  await page.getByRole('radiogroup', { name: 'Status' }).getByLabel('Inactive').check();
  await moderator.press('Save', 'button', 'form.room-form');

  await expect(page).toHaveURL(house.url + at(id));
  await expect(moderator.answer).toContainText('Saved 3 changes.');
  await expect(moderator.answer.locator('dt')).toHaveText(['Name', 'Description', 'Status']);
  await expect(moderator.answer.locator('.diff-after')).toContainText(['深夜歌枠', 'Two\nlines', 'Inactive']);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('深夜歌枠');
  await expect(moderator.field('description')).toHaveValue('Two\nlines');
  await expect(page.locator('.room-head .badge')).toContainText(['Inactive']);

  await moderator.open(at(id));
  await expect(moderator.answer, 'the answer is shown once').toHaveCount(0);
  await moderator.press('Save', 'button', 'form.room-form');
  await expect(moderator.answer).toContainText('Nothing to save');
});

test('a bad cover keeps everything that was typed and marks the field', async ({ house, visit, js }) => {
  const id = await house.room();
  const moderator = await visit('moderator');
  const { page } = moderator;
  await moderator.open(at(id));
  await moderator.field('name').fill('Typed and not lost');
  await moderator.field('cover').fill('javascript:alert(1)');
  await moderator.field('announcement').fill('Kept\ntoo');
  await page.getByRole('radiogroup', { name: 'Status' }).getByLabel('Inactive').check();
  await moderator.press('Save', 'button', 'form.room-form');

  const cover = moderator.field('cover');
  await expect(page.getByRole('alert')).toContainText('Not saved: one thing to correct.');
  await expect(page.getByRole('alert').getByRole('link')).toHaveAttribute('href', '#field-cover');
  await expect(cover).toHaveValue('javascript:alert(1)');
  await expect(cover).toHaveAttribute('aria-invalid', 'true');
  await expect(cover).toHaveAccessibleDescription(/Cover must begin with https:\/\/ or http:\/\/\./);
  await expect(page.locator('#field-cover-error')).toBeVisible();
  await expect(moderator.field('name')).toHaveValue('Typed and not lost');
  await expect(moderator.field('announcement')).toHaveValue('Kept\ntoo');
  await expect(page.getByRole('radiogroup', { name: 'Status' }).getByLabel('Inactive')).toBeChecked();
  await expect(page.getByRole('heading', { level: 1 }), 'nothing was written').toHaveText(`Room of a test ${id}`);
  if (js) await expect(cover).toBeFocused();

  await cover.fill('');
  await moderator.press('Save', 'button', 'form.room-form');
  await expect(moderator.answer).toContainText('Saved 3 changes.');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Typed and not lost');
});

test('every refused field is named, in its own place', async ({ house, visit }) => {
  const id = await house.room();
  const admin = await visit('admin');
  await admin.open(at(id));
  const wrong = {
    name: 'x'.repeat(129),
    cover: 'https://',
    tags: `${'y'.repeat(33)}`,
    categories: '1, 2, 3, 4',
    capacity: 'many',
    activity_status: '99999999999',
    ext_params: 'a=1&b',
    description: 'a \u202e b',
  };
  for (const [key, value] of Object.entries(wrong)) await admin.field(key).fill(value);
  await admin.press('Save', 'button', 'form.room-form');
  await expect(admin.page.getByRole('alert')).toContainText('Not saved: 8 things to correct.');
  for (const [key, value] of Object.entries(wrong)) {
    await expect(admin.field(key), key).toHaveAttribute('aria-invalid', 'true');
    await expect(admin.field(key), key).toHaveValue(value);
    await expect(admin.page.locator(`#field-${key}-error`), key).toBeVisible();
  }
});

test('hostile text is kept as text, wherever it is shown', async ({ house, visit }) => {
  const id = await house.room();
  const admin = await visit('admin');
  const { page } = admin;
  await admin.open(at(id));
  for (const key of ['name', 'description', 'announcement', 'ext', 'webhook']) {
    await admin.field(key).fill(HOSTILE);
  }
  await admin.field('tags').fill('<b>bold</b>, "quoted"');
  await admin.press('Save', 'button', 'form.room-form');
  await expect(admin.answer).toContainText('Saved 6 changes.');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(HOSTILE);
  await expect(admin.field('description')).toHaveValue(HOSTILE);
  await expect(admin.field('name')).toHaveValue(HOSTILE);
  const pages = [at(id), at(id, 'history'), at(id, 'json'), at(id, 'members'), at(id, 'attributes'), at(id, 'owner')];
  const lists = [`/rooms?q=${encodeURIComponent(id)}`, `/rooms?q=${encodeURIComponent(HOSTILE)}`, `/audit?room=${id}`];
  for (const address of [...pages, ...lists]) {
    expect(await admin.open(address), address).toBe(200);
    await expect(page, address).toHaveTitle(/Wardroom$/);
    expect(await page.locator('main script, main img:not([data-cover]), main b').count(), address).toBe(0);
  }
});

test('a room is made, and what is wrong with it is said first', async ({ house, visit }) => {
  const admin = await visit('admin');
  const { page } = admin;
  const taken = await house.room();
  const id = `${house.fresh('新房間')}/a?b#c`;
  await admin.open('/rooms');
  await admin.press('New room', 'link');
  await admin.field('id').fill(taken);
  await admin.field('name').fill('新的直播間');
  await admin.field('cover').fill('ftp://x/y');
  await admin.field('owner').fill('olivia');
  await admin.press('Create room');
  await expect(admin.field('cover')).toHaveAttribute('aria-invalid', 'true');
  await admin.field('cover').fill('');
  await admin.press('Create room');
  await expect(admin.field('id')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.locator('#field-id-error')).toContainText('taken by another room');
  await expect(admin.field('name')).toHaveValue('新的直播間');
  await expect(admin.field('owner')).toHaveValue('olivia');
  await admin.field('id').fill(id);
  await admin.press('Create room');
  await expect(page).toHaveURL(`${house.url}/rooms/${encodeURIComponent(id)}`);
  await expect(admin.answer).toContainText('Created the room.');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('新的直播間');
  await expect(page.locator('.people').first()).toContainText('olivia');
});

test('a viewer sees every field and may change none', async ({ house, visit }) => {
  const id = await house.room({ description: 'To be read' });
  for (const role of ['viewer', 'auditor'] as const) {
    const reader = await visit(role);
    await reader.open(at(id));
    await expect(reader.page.getByText('To be read')).toBeVisible();
    await expect(reader.page.locator('main form')).toHaveCount(0);
    expect(await reader.open('/rooms/new')).toBe(403);
    await expect(reader.page.getByRole('heading', { level: 1 })).toHaveText('Not for your role');
    const sent = await house.send(role, 'save_room', { id, version: '1', 'changes[name]': 'Not mine' });
    expect(sent.status).toBe(403);
  }
});
