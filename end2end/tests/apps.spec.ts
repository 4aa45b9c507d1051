import { FULL } from '../support/rooms.ts';
import { VENDOR, at, expect, test } from '../support/test.ts';

const ADD = 'section[aria-labelledby=add-title]';

test('an app is added, calls, is seen in History, rotated and kept out', async ({ house, visit }) => {
  const name = house.fresh('店 shop');
  const admin = await visit('admin');
  const { page } = admin;
  await admin.open('/rooms');
  await admin.press('Apps', 'link', 'nav[aria-label=Main]');
  await expect(page).toHaveURL(`${house.url}/apps`);
  await admin.field('name').fill(name);
  await page.locator('#field-vendor').selectOption(VENDOR);
  await page.getByRole('radio', { name: /^edit/ }).check();
  await admin.field('rate').fill('lots');
  await admin.press('Add', 'button', ADD);
  await expect(page.locator('#field-rate-error')).toContainText('must be a whole number');
  await expect(admin.field('name'), 'what was typed is still there').toHaveValue(name);
  await expect(page.getByRole('radio', { name: /^edit/ })).toBeChecked();
  await admin.field('rate').fill('50');
  await admin.press('Add', 'button', ADD);
  await expect(admin.answer).toContainText(`Added ${name}.`);
  await expect(admin.answer).toContainText('API key');
  const address = new URL(page.url()).pathname;
  const secret = (await page.locator('#secret').innerText()).trim();
  await admin.open(address);
  await expect(page.locator('#secret'), 'it is shown once').toHaveCount(0);
  expect(await page.content()).not.toContain(secret);

  const id = await house.room();
  const call = (body: Record<string, unknown>, key = secret) =>
    fetch(`${house.url}/${VENDOR}/rooms/${id}`, {
      method: 'PUT',
      headers: { 'IM-API-KEY': key, 'Content-Type': 'application/json; charset=utf-8' },
      body: JSON.stringify(body),
    });
  expect((await call({ name: 'Named by a back-end' })).status).toBe(200);
  expect((await call({ owner: 'somebody' })).status, 'more than its scope').toBe(403);
  await admin.open(at(id, 'history'));
  const entry = page.locator('.entries tbody tr').first();
  await expect(entry).toContainText(`app ${name}`);
  await expect(entry).toContainText('IMKIT PUT /rooms/{id}');

  // What was called is written down every few seconds.
  await expect(async () => {
    await admin.open(address);
    await expect(page.locator('#refused summary')).toHaveText('Refused calls: 1', { timeout: 500 });
  }).toPass();
  await page.locator('#refused summary').click();
  await expect(page.locator('#refused tbody tr')).toContainText('PUT /rooms/{id}');
  await expect(page.locator('#accepted summary')).toHaveText('Accepted calls: 1');

  await admin.press('Rotate the secret');
  const next = (await page.locator('#secret').innerText()).trim();
  expect((await call({ name: 'By the old one' })).status).toBe(200);
  expect((await call({ name: 'By the new one' }, next)).status).toBe(200);
  await admin.field('hours').fill('0');
  await admin.press('Rotate the secret');
  expect((await call({ name: 'By the old one' }, next)).status).toBe(401);
  const last = (await page.locator('#secret').innerText()).trim();
  await admin.press('Disable');
  await expect(admin.answer).toContainText('its next call is refused');
  expect((await call({ name: 'Nobody' }, last)).status).not.toBe(200);
  await admin.press('Enable');
  await page.getByRole('radio', { name: /^manage/ }).check();
  await admin.press('Save');
  await expect(admin.answer).toContainText('It counts from its next call.');
  expect((await call({ owner: 'somebody' }, last)).status).toBe(200);
});

test('apps are for admins', async ({ house, visit }) => {
  for (const role of ['viewer', 'moderator', 'auditor'] as const) {
    const reader = await visit(role);
    await reader.open('/rooms');
    await expect(reader.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Apps' })).toHaveCount(0);
    expect(await reader.open('/apps'), role).toBe(403);
    await reader.open(`${at(FULL, 'api')}?app=1`);
    await expect(reader.page.getByRole('heading', { name: 'Commands' })).toHaveCount(0);
  }
  expect((await house.send('moderator', 'disable_app', { id: '1' })).status).toBe(403);
});

test('a room is shown in a vendor’s words, with commands that work as they are pasted', async ({ house, visit }) => {
  const name = house.fresh('caller');
  await house.app(name);
  const admin = await visit('admin');
  const { page } = admin;
  await admin.open(at(FULL));
  await admin.press('API', 'link', 'nav[aria-label=Room]');
  await expect(page).toHaveURL(house.url + at(FULL, 'api'));
  await admin.open(`${at(FULL, 'api')}?vendor=${VENDOR}`);
  expect(JSON.parse(await page.locator('#words').innerText())).toMatchObject({ _id: FULL });
  await page.locator('#app').selectOption({ label: `${name} (manage)` });
  await admin.press('Show commands');
  await expect(page.locator('#app option:checked')).toHaveText(`${name} (manage)`);
  const command = await page.locator('#command-0').innerText();
  expect(command).toContain(`'${house.url}/${VENDOR}/rooms/`);
  const headers = [...command.matchAll(/--header '([^:]+): ([^']*)'/g)].map((found) => [found[1] ?? '', found[2] ?? '']);
  const address = /'(http[^']+)'/.exec(command)?.[1] ?? '';
  const answer = await fetch(address, { headers: headers as [string, string][] });
  expect(answer.status).toBe(200);
  await expect(page.getByText('load the page again for fresh ones')).toBeVisible();
});
