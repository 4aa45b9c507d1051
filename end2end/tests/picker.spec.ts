// An input that offers known clients while somebody types: only with scripts; without them it is a plain input.
import type { Page, Request } from '@playwright/test';

import { EVIL } from '../support/rooms.ts';
import { at, expect, test } from '../support/test.ts';

const options = (page: Page) => page.getByRole('option');
const isQuestion = (request: Request) => request.url().includes('/api/suggest_clients');

test('a client is chosen from known ones by the keyboard', async ({ house, visit }) => {
  const id = await house.room();
  const admin = await visit('admin');
  const { page } = admin;
  await admin.open(at(id, 'owner'));
  const box = page.getByRole('combobox', { name: 'New owner' });
  await box.pressSequentially('小');
  await expect(options(page).first()).toBeVisible();
  await expect(options(page).filter({ hasText: '小明' })).toBeVisible();
  await expect(page.getByRole('listbox', { name: 'New owner' })).toBeVisible();
  await expect(box).toHaveAttribute('aria-expanded', 'true');
  await box.press('Escape');
  await expect(options(page)).toHaveCount(0);
  await expect(box).toHaveAttribute('aria-expanded', 'false');
  await expect(box).toHaveValue('小');

  await box.fill('fan-');
  await expect(options(page).first()).toBeVisible();
  const chosen = page.locator('[role=option][aria-selected=true]');
  await box.press('ArrowUp');
  await expect(chosen).toHaveAttribute('id', (await options(page).last().getAttribute('id')) ?? '');
  await expect(chosen, 'the list scrolls to it').toBeInViewport({ ratio: 1 });
  await box.press('ArrowDown');
  await expect(chosen).toHaveCount(1);
  await expect(chosen).toHaveAttribute('id', 'field-to-list-0');
  await expect(box).toHaveAttribute('aria-activedescendant', 'field-to-list-0');
  await box.press('Enter');
  await expect(box).toHaveValue(/^fan-/);
  await expect(options(page)).toHaveCount(0);
  await expect(box).not.toHaveAttribute('aria-activedescendant');
  await expect(page).toHaveURL(house.url + at(id, 'owner'));
  await admin.follow(() => box.press('Enter'));
  await expect(page.getByRole('heading', { name: 'What will happen' })).toBeVisible();
});

test('a client is chosen by a click, and leaving the input puts the list away', async ({ house, visit }) => {
  const id = await house.room();
  const admin = await visit('admin');
  const { page } = admin;
  await admin.open(at(id, 'owner'));
  const box = page.getByRole('combobox', { name: 'New owner' });
  await box.fill('Ольга');
  await options(page).filter({ hasText: 'fan-1' }).click();
  await expect(box).toHaveValue('fan-1');
  await expect(box).toBeFocused();
  await expect(options(page)).toHaveCount(0);

  await box.fill('fan-');
  await expect(options(page).first()).toBeVisible();
  await box.press('Tab');
  await expect(options(page)).toHaveCount(0);
  await expect(box).not.toBeFocused();
  await box.fill('fan');
  await expect(options(page).first()).toBeVisible();
  await page.getByRole('heading', { level: 1 }).click();
  await expect(options(page)).toHaveCount(0);
  await expect(box).toHaveValue('fan');
});

test('an open list never lies over the button of its form', async ({ house, visit }) => {
  const id = await house.room();
  const admin = await visit('admin');
  const { page } = admin;
  for (const [address, label, button] of [
    [at(id), 'Add a manager', 'Add manager'],
    [at(id, 'owner'), 'New owner', 'Continue'],
    ['/rooms/new', 'Owner', 'Create room'],
  ] as const) {
    for (const viewport of [{ width: 1280, height: 800 }, { width: 360, height: 740 }]) {
      await page.setViewportSize(viewport);
      await admin.open(address);
      await page.getByRole('combobox', { name: label }).fill('fan-');
      await expect(options(page).first()).toBeVisible();
      await expect(page.locator('.picker-list')).not.toHaveAttribute('data-settling');
      // Everything that a click waits for, above all that the button itself would get it.
      await page.getByRole('button', { name: button }).click({ trial: true });
      await expect(options(page).first()).toBeVisible();
    }
  }
  await admin.open(at(id));
  await page.getByRole('combobox', { name: 'Add a manager' }).fill('fan-1');
  await expect(options(page).first()).toBeVisible();
  await admin.press('Add manager');
  await expect(admin.answer).toContainText('fan-1 is a manager now.');
});

test('a click just as the list opens reaches what was under the mouse before', async ({ house, visit }) => {
  const id = await house.room();
  const admin = await visit('admin');
  const { page } = admin;
  await admin.open(at(id, 'owner'));
  const opened = page.evaluate(
    () =>
      new Promise<boolean>((done) => {
        const list = document.querySelector('.picker-list') as HTMLElement;
        new MutationObserver(() => {
          if (list.hidden) return;
          const { left, top, width } = list.getBoundingClientRect();
          done(list.contains(document.elementFromPoint(left + width / 2, top + 12)));
        }).observe(list, { attributes: true });
      }),
  );
  const box = page.getByRole('combobox', { name: 'New owner' });
  await box.fill('fan-');
  expect(await opened, 'the list takes clicks as it opens').toBe(false);
  await options(page).first().click();
  await expect(box, 'and it does a moment later').toHaveValue(/^fan-/);
});

test('only the newest question is answered', async ({ house, visit }) => {
  const id = await house.room();
  const admin = await visit('admin');
  const { page } = admin;
  await admin.open(at(id, 'owner'));
  let release = () => {};
  const held = new Promise<void>((done) => (release = done));
  await page.route(/prefix=fan-$/, async (route) => {
    await held;
    await route.continue();
  });
  const asked = page.waitForRequest(/prefix=fan-$/);
  const late = page.waitForResponse(/prefix=fan-$/);
  const box = page.getByRole('combobox', { name: 'New owner' });
  await box.fill('fan-');
  await asked;
  await box.fill('Ольга');
  await expect(options(page).filter({ hasText: 'fan-1' })).toBeVisible();
  release();
  await (await late).finished();
  // Asked after the late answer has come, so the page has read that by then.
  await page.evaluate(async () => (await fetch('/favicon.svg')).text());
  await expect(options(page).filter({ hasText: 'Ольга' })).not.toHaveCount(0);
  await expect(options(page).filter({ hasNotText: 'Ольга' })).toHaveCount(0);
  await admin.fillClient(box, 'nobody-is-called-this');
  await expect(options(page)).toHaveCount(0);
  await admin.fillClient(box, '');
  await expect(options(page)).toHaveCount(0);
});

test('what an input method has not finished is not looked up', async ({ house, visit }) => {
  const id = await house.room();
  const admin = await visit('admin');
  const { page } = admin;
  await admin.open(at(id, 'owner'));
  const questions: string[] = [];
  page.on('request', (request) => {
    if (isQuestion(request)) questions.push(new URL(request.url()).searchParams.get('prefix') ?? '');
  });
  const box = page.getByRole('combobox', { name: 'New owner' });
  const list = page.locator('.picker-list');
  await box.focus();
  const keyboard = await page.context().newCDPSession(page);
  for (const text of ['x', 'xi', 'xiao']) {
    await keyboard.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
    await expect(box).toHaveValue(text);
    expect(await list.getAttribute('aria-busy'), text).toBeNull();
  }
  await keyboard.send('Input.insertText', { text: '小' });
  await expect(options(page).filter({ hasText: '小明' })).toBeVisible();
  expect(questions).toEqual(['小']);
});

test('a hostile id or nickname is a text in the list', async ({ house, visit }) => {
  const id = await house.room();
  const admin = await visit('admin');
  const { page } = admin;
  await admin.open(at(id, 'owner'));
  const box = page.getByRole('combobox', { name: 'New owner' });
  await box.fill('evil<img');
  const option = options(page).filter({ hasText: EVIL.nickname });
  await expect(option.locator('bdi')).toHaveText([EVIL.nickname, EVIL.id]);
  expect(await option.locator('img, b').count()).toBe(0);
  await option.click();
  await expect(box).toHaveValue(EVIL.id);
});
