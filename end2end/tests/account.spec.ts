import { at, expect, test, type Visit } from '../support/test.ts';

async function signIn(visit: Visit, name: string, password: string): Promise<void> {
  await visit.page.getByLabel('Name').fill(name);
  await visit.page.getByLabel('Password').fill(password);
  await visit.press('Sign in');
}

test('a session that ends in the middle of a form loses nothing that was typed', async ({ house, visit }) => {
  const id = await house.room();
  const account = await house.staff('moderator');
  const typing = await visit(account.state);
  const { page } = typing;
  await typing.open(at(id));
  await typing.field('name').fill('Typed before the session ended');
  await typing.field('announcement').fill('眠い\n"quoted" & <b>');

  const elsewhere = await visit(null);
  await elsewhere.open('/sign-in');
  await signIn(elsewhere, account.name, account.password);
  await elsewhere.open('/account');
  const sessions = elsewhere.page.locator('section[aria-labelledby=sessions-title] tbody tr');
  await expect(sessions).toHaveCount(2);
  await elsewhere.follow(() => sessions.getByRole('button', { name: /^End/ }).click());
  await expect(elsewhere.answer).toContainText('Ended the session.');
  await expect(sessions).toHaveCount(1);

  await typing.press('Save', 'button', 'form.room-form');
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await expect(page.getByText('What you typed there is kept.')).toBeVisible();
  await signIn(typing, account.name, 'not the password');
  await expect(page.getByRole('alert')).toBeVisible();
  await signIn(typing, account.name, account.password);
  await expect(page).toHaveURL(house.url + at(id));
  await expect(typing.field('name')).toHaveValue('Typed before the session ended');
  await expect(typing.field('announcement')).toHaveValue('眠い\n"quoted" & <b>');
  await expect(page.getByRole('heading', { level: 1 }), 'not saved yet').toHaveText(`Room of a test ${id}`);

  await typing.press('Save', 'button', 'form.room-form');
  await expect(typing.answer).toContainText('Saved 2 changes.');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Typed before the session ended');
});

test('the password is changed, with every mistake named, and the other sessions end', async ({ house, visit }) => {
  const account = await house.staff('viewer');
  const mine = await visit(account.state);
  const { page } = mine;
  const other = await visit(null);
  await other.open('/sign-in');
  await signIn(other, account.name, account.password);
  await expect(other.page).toHaveURL(`${house.url}/rooms`);

  const change = async (current: string, fresh: string, again: string) => {
    await page.getByLabel('Current password').fill(current);
    await page.getByLabel('New password', { exact: true }).fill(fresh);
    await page.getByLabel('New password, once more').fill(again);
    await mine.press('Change password');
  };
  await mine.open('/account');
  await change(account.password, 'short', 'short');
  await expect(page.locator('#field-new-error')).toContainText('too short: 5 of at least 12 characters');
  await change(account.password, 'another good password', 'another god password');
  await expect(page.locator('#field-again-error')).toContainText('not the same');
  await change('not my password', 'another good password', 'another good password');
  await expect(page.locator('#field-current-error')).toContainText('is not right');
  await expect(page.getByLabel('New password', { exact: true }), 'passwords never come back').toHaveValue('');
  await change(account.password, 'another good password', 'another good password');
  await expect(mine.answer).toContainText('Changed your password.');

  await other.open('/rooms');
  await expect(other.page).toHaveURL(/\/sign-in/);
  await signIn(other, account.name, 'another good password');
  await expect(other.page).toHaveURL(`${house.url}/rooms`);

  await mine.open('/account');
  await mine.press('End all others');
  await expect(mine.answer).toContainText('Ended 1 session.');
  await other.open('/rooms');
  await expect(other.page).toHaveURL(/\/sign-in/);
});
