import { at, expect, test } from '../support/test.ts';

test('attributes are set and deleted together, and a refused row leaves the others done', async ({ house, visit, js }) => {
  const id = await house.room();
  await house.call('admin', 'save_attributes', {
    id,
    version: '1',
    'rows[0][key]': 'topic',
    'rows[0][value]': 'old',
    'rows[1][key]': 'poll',
    'rows[1][value]': 'going',
  });
  const moderator = await visit('moderator');
  const { page } = moderator;
  await moderator.open(at(id, 'attributes'));
  await expect(page.getByText('2 of 20')).toBeVisible();

  await page.getByLabel('Value of attribute topic').fill('今夜の一曲\nzwei');
  await page.getByLabel('Auto-delete attribute topic').check();
  await page.getByLabel('Delete attribute poll', { exact: true }).check();
  await page.getByLabel('Key of new attribute 3').fill('pk_score');
  await page.getByLabel('Value of new attribute 3').fill('12:12');
  await page.getByLabel('Key of new attribute 4').fill('a key that is much too long');
  await page.getByLabel('Value of new attribute 4').fill('kept');
  await moderator.press('Save', 'button', 'form.room-form');

  const alert = page.getByRole('alert');
  await expect(alert).toContainText('Row 4: the key is too long: 27 of 16 bytes.');
  await expect(alert).toContainText('The other rows were saved');
  const refused = page.getByLabel('Key of attribute a key that is much too long');
  await expect(refused).toHaveAttribute('aria-invalid', 'true');
  await expect(refused).toHaveValue('a key that is much too long');
  await expect(page.getByLabel('Value of attribute a key that is much too long')).toHaveValue('kept');
  if (js) await expect(refused).toBeFocused();
  await expect(page.getByText('2 of 20')).toBeVisible();
  await expect(page.getByLabel('Value of attribute topic')).toHaveValue('今夜の一曲\nzwei');

  await refused.fill('round');
  await moderator.press('Save', 'button', 'form.room-form');
  await expect(moderator.answer).toContainText('Saved 1 change.');
  await expect(page.getByText('3 of 20')).toBeVisible();
  const keys = page.locator('.attributes tbody strong');
  await expect(keys).toHaveText(['pk_score', 'round', 'topic']);

  await page.getByLabel('Delete attribute round', { exact: true }).check();
  await moderator.press('Save', 'button', 'form.room-form');
  await expect(keys).toHaveText(['pk_score', 'topic']);
  await moderator.press('Undo', 'button', '[data-answer]');
  await expect(keys).toHaveText(['pk_score', 'round', 'topic']);
});

test('a full room and a value that somebody else changed are refused by name', async ({ house, visit }) => {
  const id = await house.room();
  const rows = Object.fromEntries(
    Array.from({ length: 20 }, (_, n) => [
      [`rows[${n}][key]`, `k${n}`],
      [`rows[${n}][value]`, `v${n}`],
    ]).flat(),
  );
  await house.call('admin', 'save_attributes', { id, version: '1', ...rows });
  const moderator = await visit('moderator');
  const { page } = moderator;
  await moderator.open(at(id, 'attributes'));
  await page.getByLabel('Value of attribute k7').fill('mine');
  await page.getByLabel('Key of new attribute 21').fill('one_more');
  await house.call('admin', 'save_attributes', { id, version: '2', 'rows[0][key]': 'k7', 'rows[0][value]': 'theirs' });
  await moderator.press('Save', 'button', 'form.room-form');
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('a room takes 20 attributes; delete one first');
  await expect(alert).toContainText('was set to "theirs" by somebody else meanwhile');
  await expect(page.getByLabel('Value of attribute k7')).toHaveValue('mine');
  await moderator.press('Save', 'button', 'form.room-form');
  await expect(page.getByLabel('Value of attribute k7'), 'saving again wins').toHaveValue('mine');
  await expect(page.getByLabel('Value of attribute k7')).not.toHaveAttribute('aria-invalid', 'true');
});

test('a viewer sees them as a table', async ({ visit }) => {
  const viewer = await visit('viewer');
  await viewer.open(at('e2e:full', 'attributes'));
  await expect(viewer.page.getByRole('rowheader')).toHaveText(['pk_score', 'poll', 'topic']);
  await expect(viewer.page.locator('main form')).toHaveCount(0);
});
