import { expect, test } from '../support/test.ts';
import { PASSWORD } from '../support/setup.ts';

test('a wrong password is refused, the right one leads to the rooms, and signing out ends it', async ({ house, visit }) => {
  const nobody = await visit(null);
  const { page } = nobody;
  await nobody.open('/rooms?status=active');
  await expect(page).toHaveURL(/\/sign-in\?next=%2Frooms%3Fstatus%3Dactive$/);
  await expect(page).toHaveTitle('Sign in · Wardroom');

  const answers = [];
  for (const name of ['viewer', 'nobody-of-this-name']) {
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('Password').fill('not the password');
    await nobody.press('Sign in');
    await expect(page.getByRole('alert')).toContainText('Name or password is not right.');
    answers.push(await page.getByRole('alert').innerText());
    await expect(page.getByLabel('Name')).toHaveValue(name);
    await expect(page.getByLabel('Password')).toHaveValue('');
  }
  expect(answers[0], 'an unknown name is answered like a wrong password').toBe(answers[1]);

  await page.getByLabel('Name').fill('VIEWER');
  await page.getByLabel('Password').fill(PASSWORD);
  await nobody.press('Sign in');
  await expect(page, 'the page that was asked for').toHaveURL(`${house.url}/rooms?status=active`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Rooms');

  await page.locator('.topbar summary').click();
  await nobody.press('Sign out');
  await expect(page).toHaveURL(/\/sign-in/);
  await expect(page.getByRole('status').filter({ hasText: 'signed out' })).toBeVisible();
  await nobody.open('/rooms');
  await expect(page).toHaveURL(/\/sign-in\?next=/);
});

test('nobody is led to another site after signing in', async ({ house, visit }) => {
  const nobody = await visit(null);
  await nobody.open(`/sign-in?next=${encodeURIComponent('//example.com/x')}`);
  await nobody.page.getByLabel('Name').fill('viewer');
  await nobody.page.getByLabel('Password').fill(PASSWORD);
  await nobody.press('Sign in');
  expect(new URL(nobody.page.url()).origin).toBe(house.url);
});

test('guessing ends after ten attempts, for an account and for a name that is none', async ({ house, visit }) => {
  const name = house.fresh('guessed');
  for (let attempt = 0; attempt < 10; attempt += 1) {
    await house.guess(name);
  }
  const nobody = await visit(null);
  await nobody.open('/sign-in');
  await nobody.page.getByLabel('Name').fill(name);
  await nobody.page.getByLabel('Password').fill('once more');
  await nobody.press('Sign in');
  await expect(nobody.page.getByRole('alert')).toContainText('Too many attempts. Wait a minute');
});
