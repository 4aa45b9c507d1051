import { at, expect, test } from '../support/test.ts';

test('two people change different fields, and both survive', async ({ house, visit }) => {
  const id = await house.room({ description: 'Old', announcement: 'Old' });
  const [one, two] = [await visit('moderator'), await visit('admin')];
  await one.open(at(id));
  await two.open(at(id));
  await one.field('description').fill('By the moderator');
  await one.press('Save', 'button', 'form.room-form');
  await two.field('announcement').fill('By the admin');
  await two.press('Save', 'button', 'form.room-form');
  await expect(two.answer).toContainText('Saved 1 change.');
  await expect(two.field('description')).toHaveValue('By the moderator');
  await expect(two.field('announcement')).toHaveValue('By the admin');
});

test('the same field shows base, theirs and mine; what was typed is kept, and saving again wins', async ({ house, visit }) => {
  const id = await house.room({ name: 'Base', description: 'Old', announcement: 'Old' });
  const [one, two] = [await visit('moderator'), await visit('admin')];
  await one.open(at(id));
  await two.open(at(id));
  await one.field('name').fill('Theirs');
  await one.field('description').fill('Theirs alone');
  await one.press('Save', 'button', 'form.room-form');

  await two.field('name').fill('Mine');
  await two.field('announcement').fill('Mine alone');
  await two.press('Save', 'button', 'form.room-form');
  const alert = two.page.getByRole('alert');
  await expect(alert).toContainText('Not saved: somebody else changed the same meanwhile.');
  await expect(alert.locator('.clash')).toHaveCount(1);
  await expect(alert.locator('.clash dt')).toHaveText(['It was', 'Theirs now', 'Yours']);
  await expect(alert.locator('.clash dd')).toHaveText(['Base', 'Theirs', 'Mine']);
  await expect(two.page.getByRole('heading', { level: 1 })).toHaveText('Theirs');
  await expect(two.field('name')).toHaveValue('Mine');
  await expect(two.field('announcement')).toHaveValue('Mine alone');
  await expect(two.field('description'), 'what only they changed is taken over').toHaveValue('Theirs alone');

  await two.press('Save', 'button', 'form.room-form');
  await expect(two.answer).toContainText('Saved 2 changes.');
  await expect(two.page.getByRole('heading', { level: 1 })).toHaveText('Mine');
  await expect(two.field('announcement')).toHaveValue('Mine alone');
  await expect(two.field('description')).toHaveValue('Theirs alone');
});

test('a refused form still merges what others changed meanwhile', async ({ house, visit }) => {
  const id = await house.room({ description: 'Old' });
  const admin = await visit('admin');
  await admin.open(at(id));
  await admin.field('cover').fill('nonsense');
  await admin.field('announcement').fill('Mine');
  await house.call('moderator', 'save_room', { id, version: '1', 'changes[description]': 'Theirs' });
  await admin.press('Save', 'button', 'form.room-form');
  await expect(admin.field('cover')).toHaveAttribute('aria-invalid', 'true');
  await admin.field('cover').fill('');
  await admin.press('Save', 'button', 'form.room-form');
  await expect(admin.answer).toContainText('Saved 1 change.');
  await expect(admin.field('description')).toHaveValue('Theirs');
  await expect(admin.field('announcement')).toHaveValue('Mine');
});

test('after a conflict, theirs can be taken', async ({ house, visit }) => {
  const id = await house.room({ name: 'Base' });
  const admin = await visit('admin');
  await admin.open(at(id));
  await admin.field('name').fill('Mine');
  await house.call('moderator', 'save_room', { id, version: '1', 'changes[name]': 'Theirs' });
  await admin.press('Save', 'button', 'form.room-form');
  // What was typed goes, so the browser may ask first.
  admin.page.on('dialog', (dialog) => void dialog.accept());
  await admin.press('Take theirs', 'link');
  await expect(admin.answer).toHaveCount(0);
  await expect(admin.field('name')).toHaveValue('Theirs');
  await admin.press('Save', 'button', 'form.room-form');
  await expect(admin.answer).toContainText('Nothing to save');
});
