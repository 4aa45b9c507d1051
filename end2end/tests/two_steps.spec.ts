import { code } from '../support/codes.ts';
import { PASSWORD } from '../support/setup.ts';
import { expect, test, type Visit } from '../support/test.ts';

async function signIn(visit: Visit, name: string): Promise<void> {
  await visit.page.getByLabel('Name').fill(name);
  await visit.page.getByLabel('Password').fill(PASSWORD);
  await visit.press('Sign in');
}

/** Sets two steps up on the page; gives the key and the recovery codes. */
async function setUp(visit: Visit): Promise<{ key: string; codes: string[] }> {
  await visit.open('/account');
  await visit.press('Set it up', 'link');
  const key = await visit.page.locator('#totp-key').innerText();
  await visit.page.getByLabel('Code', { exact: true }).fill(code(key, -1));
  await visit.press('Turn on');
  await expect(visit.answer).toContainText('Two-step sign-in is on.');
  const codes = (await visit.page.locator('#secret').innerText()).split('\n');
  return { key, codes: codes.map((each) => each.trim()).filter(Boolean) };
}

test('two steps are set up, asked for at the door, and a recovery code stands in for the phone', async ({ house, visit }) => {
  const account = await house.staff('moderator');
  const mine = await visit(account.state);
  await mine.open('/account/totp');
  const offered = await mine.page.locator('#totp-key').innerText();
  await mine.page.getByLabel('Code', { exact: true }).fill(code(offered, 40));
  await mine.press('Turn on');
  await expect(mine.page.locator('#field-digits-error')).toContainText('Code is not right.');
  await expect(mine.page.locator('#totp-key'), 'the key that was scanned stays').toHaveText(offered);
  await expect(mine.page.getByRole('img', { name: /^QR code/ })).toBeVisible();

  const { key, codes } = await setUp(mine);
  expect(codes).toHaveLength(10);
  const saved = mine.page.waitForEvent('download');
  await mine.page.getByRole('link', { name: 'Save as a file' }).click();
  expect((await saved).suggestedFilename()).toBe('wardroom-recovery-codes.txt');
  await mine.open('/account/totp');
  await expect(mine.page.locator('#secret'), 'shown once').toHaveCount(0);

  const other = await visit(null);
  const { page } = other;
  await other.open('/audit');
  await signIn(other, account.name);
  await expect(page).toHaveURL(/\/sign-in\/code\?next=%2Faudit$/);
  await page.getByLabel('Code', { exact: true }).fill(code(key, 40));
  await other.press('Sign in');
  await expect(page.locator('#field-code-error')).toContainText('Code is not right. Look at the code that your app shows');
  await other.open('/rooms');
  await expect(page, 'nobody is in yet').toHaveURL(/\/sign-in\?next=/);
  await other.open('/sign-in/code?next=%2Faudit');
  await page.getByLabel('Code', { exact: true }).fill(code(key));
  await other.press('Sign in');
  await expect(page).toHaveURL(`${house.url}/audit`);

  const third = await visit(null);
  await third.open('/sign-in');
  await signIn(third, account.name);
  await third.page.locator('details summary').first().click();
  await third.page.getByLabel('Recovery code').fill(codes[3] ?? '');
  await third.press('Sign in with it');
  await third.open('/account/totp');
  await expect(third.page.getByText('Recovery codes left').locator('xpath=following-sibling::dd[1]')).toContainText('9');
  await third.press('Turn off');
  await expect(third.answer).toContainText('Two-step sign-in is off.');
  await other.open('/rooms');
  await expect(page, 'the other sessions have ended').toHaveURL(/\/sign-in/);
});

test('an admin sees who has two steps, resets them, and ends sessions', async ({ house, visit }) => {
  const account = await house.staff('viewer');
  const mine = await visit(account.state);
  await setUp(mine);
  const admin = await visit('admin');
  await admin.open('/staff');
  const row = admin.page.locator('.table tbody tr').filter({ hasText: account.name });
  await expect(row).toContainText('Two steps');
  await admin.follow(() => row.getByRole('link', { name: account.name }).click());
  await admin.press(/^Reset two-step sign-in/);
  await expect(admin.answer).toContainText('signs in without a second step now');
  await mine.open('/rooms');
  await expect(mine.page).toHaveURL(/\/sign-in/);
  await signIn(mine, account.name);
  await expect(mine.page, 'one step again').toHaveURL(/\/rooms$/);

  await admin.open(admin.page.url());
  const sessions = admin.page.locator('section[aria-labelledby=sessions-title] tbody tr');
  await expect(sessions).toHaveCount(1);
  await admin.follow(() => sessions.getByRole('button', { name: 'End' }).click());
  await expect(admin.answer).toContainText(`Ended a session of ${account.name}.`);
  await expect(admin.page.getByText('None: nobody is signed in')).toBeVisible();
  await mine.open('/rooms');
  await expect(mine.page).toHaveURL(/\/sign-in/);
});

test('after a while it has to be shown who asks, and what was typed is done then', async ({ other, visit }) => {
  const house = await other({ WARDROOM_STEP_UP_AFTER: '1s' });
  const admin = await visit('admin', { baseURL: house.url });
  const { page } = admin;
  // Nobody is of this number, so nothing is done; once it is asked who asks, the second is over.
  const isAsked = async () => (await house.send('admin', 'reset_password', { id: '0' })).status;
  await expect.poll(isAsked).toBe(401);

  const name = house.fresh('新人');
  await admin.open('/staff');
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.locator('#field-role').selectOption('auditor');
  await admin.press('Add', 'button', 'section[aria-labelledby=add-title]');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Confirm that it is you');
  await page.getByLabel('Password').fill('not my password');
  await admin.press('Confirm');
  await expect(page.locator('#field-proof-error')).toContainText('Password is not right.');
  await page.getByLabel('Password').fill(PASSWORD);
  await admin.press('Confirm');
  await expect(page).toHaveURL(`${house.url}/staff`);
  await expect(admin.answer).toContainText(`Added ${name}.`);
  await expect(page.locator('#secret')).toBeVisible();
  const row = page.locator('.table tbody tr').filter({ hasText: name });
  await expect(row.getByRole('combobox')).toHaveValue('auditor');
});

test('a role that needs two steps is led to them, and nothing else opens before', async ({ other, visit }) => {
  const house = await other({ WARDROOM_REQUIRE_TOTP: 'auditor' });
  const viewer = await visit('viewer', { baseURL: house.url });
  await viewer.open('/rooms');
  await expect(viewer.page.getByRole('heading', { level: 1 })).toHaveText('Rooms');
  const auditor = await visit('auditor', { baseURL: house.url });
  const { page } = auditor;
  await auditor.open('/rooms');
  await expect(page).toHaveURL(`${house.url}/account/totp`);
  await expect(page.getByText('Your role needs two steps to sign in.')).toBeVisible();
  await auditor.open('/audit');
  await expect(page).toHaveURL(`${house.url}/account/totp`);
  await setUp(auditor);
  await expect(page.getByRole('button', { name: 'Turn off' })).toHaveCount(0);
  await auditor.press('Go on to the rooms', 'link');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Rooms');
});
