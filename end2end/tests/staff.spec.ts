import { PASSWORD } from '../support/setup.ts';
import { at, expect, test } from '../support/test.ts';

test('an account is added, begins with a one-time password, changes roles and is disabled', async ({ house, visit }) => {
  const name = house.fresh('新人');
  const admin = await visit('admin');
  const { page } = admin;
  await admin.open('/staff');
  await page.getByLabel('Name', { exact: true }).fill('with a blank');
  await page.locator('#field-role').selectOption('moderator');
  await admin.press('Add', 'button', 'section[aria-labelledby=add-title]');
  await expect(page.locator('#field-name-error')).toContainText('must not contain blanks');
  await expect(page.locator('#field-role')).toHaveValue('moderator');
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.locator('#field-role').selectOption('viewer');
  await admin.press('Add', 'button', 'section[aria-labelledby=add-title]');
  await expect(admin.answer).toContainText(`Added ${name}.`);
  const oneTime = await page.locator('#secret').innerText();
  const row = page.locator('.table tbody tr').filter({ hasText: name });
  await expect(row).toContainText('One-time password');
  await admin.open('/staff');
  await expect(page.locator('#secret'), 'it is shown once').toHaveCount(0);

  const newcomer = await visit(null);
  await newcomer.open('/rooms');
  await newcomer.page.getByLabel('Name').fill(name);
  await newcomer.page.getByLabel('Password').fill(oneTime.trim());
  await newcomer.press('Sign in');
  await expect(newcomer.page).toHaveURL(`${house.url}/account`);
  await newcomer.open('/rooms');
  await expect(newcomer.page, 'nothing else opens before').toHaveURL(`${house.url}/account`);
  await newcomer.page.getByLabel('Current password').fill(oneTime.trim());
  await newcomer.page.getByLabel('New password', { exact: true }).fill(PASSWORD);
  await newcomer.page.getByLabel('New password, once more').fill(PASSWORD);
  await newcomer.press('Change password');
  await expect(newcomer.page).toHaveURL(`${house.url}/rooms`);
  const id = await house.room();
  await newcomer.open(at(id));
  await expect(newcomer.page.locator('main form')).toHaveCount(0);

  await row.getByRole('combobox').selectOption('moderator');
  await admin.follow(() => row.getByRole('button', { name: /^Change/ }).click());
  await expect(admin.answer).toContainText(`${name} is moderator now.`);
  await newcomer.open(at(id));
  await expect(newcomer.field('name'), 'effective at the next request').toBeEditable();

  await admin.follow(() => row.getByRole('button', { name: /^Disable/ }).click());
  await expect(row).toContainText('Disabled');
  await newcomer.open(at(id));
  await expect(newcomer.page).toHaveURL(/\/sign-in/);
  await admin.follow(() => row.getByRole('button', { name: /^Enable/ }).click());
  await expect(row).toContainText('Enabled');
  await admin.follow(() => row.getByRole('button', { name: /^Reset password/ }).click());
  await expect(page.locator('#secret')).toBeVisible();
});

test('staff is for admins, and no admin takes their own role away', async ({ house, visit }) => {
  for (const role of ['viewer', 'moderator', 'auditor'] as const) {
    const reader = await visit(role);
    await reader.open('/rooms');
    await expect(reader.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Staff' })).toHaveCount(0);
    expect(await reader.open('/staff'), role).toBe(403);
  }
  const admin = await visit('admin');
  await admin.open('/staff');
  const own = admin.page.locator('.table tbody tr').filter({ hasText: '(you)' });
  await expect(own.getByRole('button', { name: /^Disable/ })).toHaveCount(0);
  await own.getByRole('combobox').selectOption('viewer');
  await admin.follow(() => own.getByRole('button', { name: /^Change/ }).click());
  await expect(admin.page.getByRole('alert')).toContainText('is your own; ask another admin to change it');
  const sent = await house.send('admin', 'disable_staff', { id: '1' });
  expect(sent.status).toBe(422);
});
