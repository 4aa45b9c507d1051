// Every page in every state: axe in both themes and on a phone, no sideways scrolling, valid HTML; and the main job
// by keyboard alone.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';

import { wrongs } from '../support/html.ts';
import { PLACES } from '../support/pages.ts';
import { at, expect, test } from '../support/test.ts';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Looks at everything, or at what another theme or another width can change. */
async function axe(page: Page, state: string, what: 'all' | 'colours' | 'shapes' = 'all'): Promise<void> {
  const builder = new AxeBuilder({ page });
  if (what === 'colours') builder.withRules(['color-contrast', 'link-in-text-block']);
  else builder.withTags(TAGS);
  if (what === 'shapes') builder.disableRules(['color-contrast', 'link-in-text-block']);
  const { violations } = await builder.analyze();
  const told = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary}`));
  expect.soft(told, `axe, ${state}`).toEqual([]);
}

/** What makes a page wider than its window; nothing if nothing does. */
async function sticksOut(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) return [];
    const all = [...document.querySelectorAll('body *')];
    const over = all.filter((element) => element.getBoundingClientRect().right > root.clientWidth + 0.5);
    return [`${root.scrollWidth} px`, ...over.map((element) => `${element.tagName}.${element.className}#${element.id}`)];
  });
}

for (const { name, who, go } of PLACES) {
  test(`${name}: axe finds nothing, nothing scrolls sideways, the HTML is valid`, async ({ house, visit }) => {
    const reader = await visit(who);
    const { page } = reader;
    const documents: Promise<string>[] = [];
    page.on('response', (response) => {
      const isPage = response.request().isNavigationRequest() && response.status() !== 303;
      if (isPage) documents.push(response.text());
    });
    await go(reader, house);
    const html = await documents.at(-1);
    expect.soft(await wrongs(html ?? ''), 'html-validate').toEqual([]);

    await axe(page, 'light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await axe(page, 'dark', 'colours');
    for (const width of [1280, 768, 360]) {
      await page.setViewportSize({ width, height: 740 });
      expect.soft(await sticksOut(page), `wider than ${width} px`).toEqual([]);
    }
    await axe(page, 'on a phone', 'shapes');
  });
}

test('the main job is done by keyboard alone, and the focus is always seen', async ({ house, visit }) => {
  const id = await house.room({ name: 'By keyboard' });
  const moderator = await visit('moderator');
  const { page } = moderator;
  const ring = () =>
    page.evaluate(() => {
      const focused = document.activeElement;
      if (!focused) return 'nothing';
      // A radio button's ring is drawn around its segment.
      const drawn = focused.matches('.segment input') ? (focused.closest('.segment') ?? focused) : focused;
      const { outlineStyle, outlineWidth } = getComputedStyle(drawn);
      const { width, height } = drawn.getBoundingClientRect();
      return outlineStyle === 'none' || outlineWidth === '0px' || width * height < 1 ? focused.outerHTML.slice(0, 90) : 'seen';
    });
  const tabTo = async (selector: string, most: number) => {
    for (let tabs = 0; tabs < most; tabs += 1) {
      await page.keyboard.press('Tab');
      expect(await ring()).toBe('seen');
      if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
    }
    throw new Error(`${selector} was not reached with ${most} tabs`);
  };

  await moderator.open('/rooms');
  await tabTo('.skip', 1);
  await page.keyboard.press('Enter');
  await tabTo('#search', 3);
  await page.keyboard.type(id);
  await expect(page.locator('.room-name')).toHaveCount(1);
  await tabTo('.room-name', 20);
  await moderator.follow(() => page.keyboard.press('Enter'));
  await expect(page).toHaveURL(house.url + at(id));

  await tabTo('#field-name', 20);
  await page.keyboard.press('Control+A');
  await page.keyboard.type('Renamed by keyboard');
  await tabTo('#field-status, #field-status-inactive', 10);
  await page.keyboard.press('ArrowRight');
  await tabTo('form.room-form button[type=submit]', 20);
  await moderator.follow(() => page.keyboard.press('Enter'));
  await expect(moderator.answer).toContainText('Saved 2 changes.');
  await expect(moderator.answer).toBeFocused();
  await tabTo('[data-answer] button', 2);
  await moderator.follow(() => page.keyboard.press('Enter'));
  await expect(moderator.answer).toContainText('Undone.');
});

test('dark, light and high contrast are told apart by the page itself', async ({ visit }) => {
  const viewer = await visit('viewer', { contrast: 'more' });
  await viewer.open('/rooms');
  const colours = () =>
    viewer.page.evaluate(() => {
      const { backgroundColor, color } = getComputedStyle(document.body);
      return { backgroundColor, color };
    });
  expect(await colours()).toEqual({ backgroundColor: 'rgb(255, 255, 255)', color: 'rgb(0, 0, 0)' });
  await viewer.page.emulateMedia({ colorScheme: 'dark' });
  expect(await colours()).toEqual({ backgroundColor: 'rgb(0, 0, 0)', color: 'rgb(255, 255, 255)' });
  await axe(viewer.page, 'dark, high contrast');
});
