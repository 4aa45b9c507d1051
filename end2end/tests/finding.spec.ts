import { LONG, PAGED, RTL } from '../support/rooms.ts';
import { expect, test, type Visit } from '../support/test.ts';

const names = (visit: Visit) => visit.page.locator('#results .room-name');

/** What the address asks for. Without scripts a form also names what was left empty. */
const asked = (visit: Visit) =>
  Object.fromEntries([...new URL(visit.page.url()).searchParams].filter(([, value]) => value !== ''));

async function search(visit: Visit, text: string): Promise<void> {
  await visit.page.getByRole('searchbox').fill(text);
  await visit.page.getByRole('searchbox').press('Enter');
  await expect(visit.page).toHaveURL((url) => (url.searchParams.get('q') ?? '') === text.trim());
  await visit.awake();
}

test('one box finds in every script, whatever the case and the width', async ({ visit }) => {
  const viewer = await visit('viewer');
  await viewer.open('/rooms?tags=e2e');
  const found: [string, string][] = [
    ['直', '直播間 歌枠'],
    ['歌枠', '直播間 歌枠'],
    ['직접', '한국직업방송 직접'],
    ['مباشر', RTL],
    ['bbc', 'ＢＢＣニュース ＬＩＶＥ'],
    ['ｂｂｃニュース', 'ＢＢＣニュース ＬＩＶＥ'],
    ['live', 'ＢＢＣニュース ＬＩＶＥ'],
    ['E2E:WIDE', 'ＢＢＣニュース ＬＩＶＥ'],
    ['THE VERY LONG NAME', LONG],
  ];
  for (const [text, name] of found) {
    await search(viewer, text);
    await expect(names(viewer).getByText(name, { exact: true }), text).toBeVisible();
  }
  await search(viewer, 'nothing is called this');
  await expect(viewer.page.getByRole('heading', { name: 'No rooms match' })).toBeVisible();
  await expect(viewer.page.locator('#total')).toHaveText('0 rooms');
});

test('a search keeps the filters, and a filter keeps the search', async ({ visit }) => {
  const viewer = await visit('viewer');
  const { page } = viewer;
  await viewer.open('/rooms');
  await search(viewer, 'e2e-anchor');
  const filter = page.locator('.finder summary');
  await filter.click();
  await page.getByLabel('Status').selectOption('Inactive');
  await page.getByLabel('Tags').first().fill('e2e');
  // With scripts a changed filter is looked up at once; the button does the same for everybody.
  await viewer.follow(() => page.getByRole('button', { name: 'Apply' }).click());
  expect(asked(viewer)).toEqual({ q: 'e2e-anchor', status: 'inactive', tags: 'e2e' });
  await expect(names(viewer)).toHaveText(['한국직업방송 직접']);
  await expect(page.locator('#total')).toHaveText('1 room');
  await expect(page.locator('#filter-count')).toHaveText('Filter (2)');

  const chips = page.getByRole('navigation', { name: 'Filters' });
  await expect(chips.locator('bdi')).toHaveText(['Tags: e2e', 'Status: Inactive']);
  await viewer.follow(() => chips.getByRole('link', { name: 'Status: Inactive' }).click());
  expect(asked(viewer)).toEqual({ q: 'e2e-anchor', tags: 'e2e' });
  await expect(names(viewer).first()).toBeVisible();
  expect(await names(viewer).count()).toBeGreaterThan(2);
  await viewer.follow(() => page.getByRole('link', { name: 'Clear filters' }).click());
  expect(asked(viewer)).toEqual({ q: 'e2e-anchor' });
});

test('every kind of filter is taken from the address, and what cannot be read is said', async ({ visit }) => {
  const viewer = await visit('viewer');
  const kinds: [string, string][] = [
    ['status=inactive', '한국직업방송 직접'],
    ['muted=yes', RTL],
    ['listed=no', LONG],
    ['opening=closed', LONG],
    ['categories=7', '直播間 歌枠'],
    ['managers=fan-1', '深夜歌枠 ♪ Full of everything'],
    ['member=fan-3', '深夜歌枠 ♪ Full of everything'],
    ['attribute=topic%3D%E4%BB%8A%E5%A4%9C%E3%81%AE%E4%B8%80%E6%9B%B2', '深夜歌枠 ♪ Full of everything'],
    ['app=demo', '深夜歌枠 ♪ Full of everything'],
    ['owner=e2e-%D9%85%D8%A7%D9%84%D9%83', RTL],
  ];
  for (const [query, name] of kinds) {
    await viewer.open(`/rooms?tags=e2e&${query}`);
    await expect(names(viewer), query).toHaveText([name]);
  }
  await viewer.open('/rooms?tags=e2e&status=gone&sort=size&from=soon&after=nowhere');
  await expect(viewer.page.getByText('It was left out:')).toBeVisible();
  await expect(names(viewer).getByText(LONG, { exact: true })).toBeVisible();
});

test('headers sort, and pages go on and back without a row lost or doubled', async ({ visit }) => {
  const viewer = await visit('viewer');
  const { page } = viewer;
  await viewer.open('/rooms?tags=paged');
  await expect(page.locator('#total')).toHaveText(`${PAGED} rooms`);
  const header = page.locator('.table thead');
  await viewer.follow(() => header.getByRole('link', { name: 'Updated' }).click());
  await expect(page).toHaveURL(/sort=-updated/);
  await expect(header.getByRole('columnheader', { name: 'Updated' })).toHaveAttribute('aria-sort', 'descending');
  await expect(names(viewer).first()).toHaveText('Paged 119');
  await viewer.follow(() => header.getByRole('link', { name: 'Updated' }).click());
  await expect(header.getByRole('columnheader', { name: 'Updated' })).toHaveAttribute('aria-sort', 'ascending');

  const pages = [await names(viewer).allInnerTexts()];
  await expect(page.getByRole('link', { name: 'Previous' })).toHaveCount(0);
  while ((await page.getByRole('link', { name: 'Next' }).count()) > 0) {
    await viewer.press('Next', 'link');
    pages.push(await names(viewer).allInnerTexts());
  }
  expect(pages.map((rows) => rows.length)).toEqual([50, 50, 20]);
  const all = Array.from({ length: PAGED }, (_, n) => `Paged ${String(n).padStart(3, '0')}`);
  expect(pages.flat()).toEqual(all);
  await viewer.press('Previous', 'link');
  expect(await names(viewer).allInnerTexts()).toEqual(pages[1]);
  await viewer.press('Previous', 'link');
  expect(await names(viewer).allInnerTexts()).toEqual(pages[0]);
  await expect(page.getByRole('link', { name: 'Previous' })).toHaveCount(0);
});

test('a room opens from the list, and a room that is not there says so', async ({ visit }) => {
  const viewer = await visit('viewer');
  await viewer.open('/rooms?q=e2e%3Afull');
  await viewer.follow(() => names(viewer).first().click());
  await expect(viewer.page.getByRole('heading', { level: 1 })).toHaveText('深夜歌枠 ♪ Full of everything');
  expect(await viewer.open('/rooms/no%2Fsuch%20room')).toBe(404);
  await expect(viewer.page.getByRole('heading', { level: 1 })).toHaveText('Not found');
  await expect(viewer.page.getByText('There is no room no/such room.')).toBeVisible();
  expect(await viewer.open('/nowhere')).toBe(404);
  await expect(viewer.page.getByRole('heading', { level: 1 })).toBeVisible();
});
