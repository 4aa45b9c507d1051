// Work in bulk: chosen, planned, approved, run, watched, taken back; for good and for a while.
import { readFileSync } from 'node:fs';

import { done, planned, running, until } from '../support/jobs.ts';
import { LEFT } from '../support/rooms.ts';
import { expect, test, type Visit } from '../support/test.ts';

type Room = Record<string, unknown>;

/** Every room of a tag as an export gives it, by id, without what goes up with every change. */
async function exported(visit: Visit, query: string): Promise<Map<string, Room>> {
  const answer = await visit.page.request.get(`/rooms.jsonl?${query}`);
  expect(answer.status()).toBe(200);
  const lines = (await answer.text()).trim().split('\n').filter(Boolean);
  const rooms = lines.map((line) => {
    const { updated_at: _, ...room } = JSON.parse(line) as Room;
    return [String(room.id), room] as const;
  });
  return new Map(rooms.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const differing = (before: Map<string, Room>, after: Map<string, Room>) =>
  [...before.keys()].filter((id) => JSON.stringify(before.get(id)) !== JSON.stringify(after.get(id)));

/** A count of the plan or of the job. */
const count = (visit: Visit, word: string) =>
  visit.page.locator('.counts > div').filter({ has: visit.page.getByText(word, { exact: true }) }).locator('dd').first();

const job = (visit: Visit) => Number(/\/jobs\/(\d+)/.exec(visit.page.url())?.[1]);

/** Plans on the form that stands open. */
async function plan(visit: Visit): Promise<number> {
  await visit.press('Plan', 'button', 'form.room-form');
  await expect(visit.answer).toContainText('Planned. Nothing is changed yet');
  return job(visit);
}

async function choose(visit: Visit, field: string, answer: string): Promise<void> {
  await visit.page.getByRole('radiogroup', { name: field }).getByRole('radio', { name: answer, exact: true }).check();
}

test('all rooms that match are planned, changed, watched, and put back', async ({ visit }) => {
  const admin = await visit('admin');
  const { page } = admin;
  const before = await exported(admin, 'tags=bulk');
  expect(before.size).toBe(60);
  await admin.open('/rooms?tags=bulk');
  await admin.press('All 60 matching', 'link');
  await expect(page.locator('form.room-form')).toContainText('60 rooms: all that match');
  await choose(admin, 'Status', 'Inactive');
  await admin.field('add-tags').fill('深夜, 雑談');
  await admin.field('set-announcement').fill('本日は終了しました');
  await plan(admin);
  await expect(count(admin, 'Will change')).toHaveText('60');
  await expect(page.getByRole('heading', { name: 'Rooms that will change' })).toBeVisible();
  await expect(page.locator('#changing > li').first()).toContainText('深夜の雑談');
  expect(differing(before, await exported(admin, 'tags=bulk')), 'nothing is changed yet').toEqual([]);

  await admin.press(/^Run on 60 rooms/);
  await expect(admin.answer).toContainText('Started.');
  await until(admin, 'Done');
  await expect(page.locator('[data-said]')).toContainText('60 of 60 rooms');
  await expect(count(admin, 'Changed')).toHaveText('60');
  await expect(page.locator('#job-results tbody tr').first()).toContainText('深夜の雑談');
  const after = await exported(admin, 'tags=bulk');
  for (const room of after.values()) {
    expect(room).toMatchObject({ status: 'inactive' });
    expect(room.tags).toContain('深夜');
  }

  const first = job(admin);
  await admin.follow(() => page.locator('#job-results tbody').getByRole('link', { name: /^Entry/ }).first().click());
  await expect(page.locator('.entries tbody tr').first()).toContainText(`by job ${first}`);
  await admin.press(`job ${first}`, 'link', '.entries');
  expect(job(admin)).toBe(first);
  await admin.press(/^Undo/, 'button', '#job-next');
  await expect(count(admin, 'Will change')).toHaveText('60');
  await admin.press(/^Run on 60 rooms/);
  await until(admin, 'Done');
  expect(differing(before, await exported(admin, 'tags=bulk')), 'all is as it was').toEqual([]);
});

test('with a second admin’s approval an owner of 1,500 rooms is off-boarded, and that is undone', async ({ house, visit }) => {
  test.setTimeout(180_000);
  const planner = await visit('admin');
  const { name, state } = await house.staff('admin');
  const approver = await visit(state);
  const { page } = planner;
  const owned = async (owner: string) => (await exported(planner, `owner=${owner}`)).size;
  await planner.open('/rooms?owner=leaving-anchor');
  await planner.press('Off-board this owner', 'link');
  await expect(planner.field('from')).toHaveValue('leaving-anchor');
  await expect(page.getByText(`owns ${LEFT.toLocaleString('en')} rooms`)).toBeVisible();
  await planner.field('to').fill('leaving-anchor');
  await planner.press('Plan', 'button', 'form.card');
  await expect(planner.answer).toContainText('New owner is the same client; choose another.');
  await planner.field('to').fill('staying-anchor');
  await planner.press('Plan', 'button', 'form.card');

  const approved = async (id: number) => {
    await expect(page.locator('#job-next')).toContainText('An admin who is not admin has to approve this plan first.');
    await expect(page.getByRole('button', { name: /^(Approve|Run)/ })).toHaveCount(0);
    const own = await house.send('admin', 'approve_job', { id: String(id) });
    expect(own.status, 'an approval by the planner is refused').toBe(403);
    await approver.open('/jobs?state=awaiting');
    await approver.press(`Job ${id}`, 'link', 'table');
    await expect(count(approver, 'Will change')).toHaveText('1,500');
    await approver.press(/^Approve/);
    await expect(approver.answer).toContainText('Approved. admin can run it now.');
    await planner.open(`/jobs/${id}`);
    await expect(page.locator('#job-next')).toContainText(`${name} approved it.`);
    await planner.press(/^Run on 1,500 rooms/);
    const isAtWork = (await page.locator('#job-progress[data-watch]').count()) > 0;
    if (isAtWork && planner.js) await page.evaluate(() => document.documentElement.setAttribute('data-same', ''));
    await until(planner, 'Done');
    if (isAtWork && planner.js) {
      await expect(page.locator('html'), 'it was watched, not loaded again').toHaveAttribute('data-same', '');
      await expect(page.locator('#announce')).toContainText('The job is not running any more. 1,500 of 1,500 rooms');
    }
    await expect(page.locator('[data-said]')).toContainText(/1,500 of 1,500 rooms · [\d,]+ a second/);
    await expect(count(planner, 'Changed')).toHaveText('1,500');
  };
  await approved(job(planner));
  expect([await owned('leaving-anchor'), await owned('staying-anchor')]).toEqual([0, LEFT]);
  await planner.press('Next', 'link', '#job-results');
  await planner.press(/^Undo/, 'button', '#job-next');
  await approved(job(planner));
  expect([await owned('leaving-anchor'), await owned('staying-anchor')]).toEqual([LEFT, 0]);
});

test('a shield over 50 rooms stands for a minute; then each is what it was, but for what somebody changed', async ({ house, visit }) => {
  // A minute is the shortest, and it is a real one.
  test.setTimeout(180_000);
  const admin = await visit('admin');
  const { page } = admin;
  const query = 'tags=shielded';
  const before = await exported(admin, query);
  expect(before.size).toBe(50);
  await admin.open(`/rooms?${query}`);
  await admin.press('All 50 matching', 'link');
  await admin.press('For a while', 'link');
  await choose(admin, 'Opening', 'Closed');
  await choose(admin, 'Publicly listed', 'No');
  await choose(admin, 'Muted', 'Yes');
  await admin.field('minutes').fill('1');
  const id = await plan(admin);
  await admin.press(/^Run on 50 rooms/);
  await until(admin, 'Done');
  await expect(page.locator('#job-next')).toContainText('The shield stands.');
  for (const room of (await exported(admin, query)).values()) {
    expect(room).toMatchObject({ opening: 'closed', listed: false, muted: true });
  }
  await house.call('admin', 'save_room', { id: 'shielded:0001', version: '2', 'changes[opening]': 'open', 'changes[name]': '解除' });
  await admin.open('/jobs');
  await expect(page.locator('.shields')).toContainText(`Shield ${id}`);
  const link = page.locator('.shields').getByRole('link', { name: `Shield ${id}` });
  await expect(async () => {
    await admin.open('/jobs');
    await expect(link).toHaveCount(0, { timeout: 100 });
  }).toPass({ timeout: 120_000 });
  const back = () => exported(admin, query).then((after) => differing(before, after));
  await expect.poll(back, { timeout: 30_000 }).toEqual(['shielded:0001']);
  const touched = (await exported(admin, query)).get('shielded:0001');
  expect(touched).toMatchObject({ name: '解除', opening: 'open', muted: false, listed: true });
  await admin.open(`/jobs/${id}`);
  await expect(page.locator('#job-next')).toContainText('The shield has ended.');
  await admin.press(/^job \d+/, 'link', '#job-facts');
  await expect(page.locator('.job-title')).toContainText(`End of shield ${id}`);
  await house.call('admin', 'save_room', { id: 'shielded:0001', version: '4', 'changes[name]': '荒らし対策 1' });
});

test('all shields stand in one place, where each can be ended before its time', async ({ house, visit }) => {
  const admin = await visit('admin');
  const { page } = admin;
  const room = await house.room({ name: '静かに' });
  await admin.open(`/jobs/new?ids=${room}&tab=shield`);
  await choose(admin, 'Muted', 'Yes');
  const id = await plan(admin);
  await admin.press(/^Run on 1 room/);
  await until(admin, 'Done');
  await admin.open('/jobs');
  await admin.press(`End now shield ${id}`, 'button', '.shields');
  await expect(admin.answer).toContainText('The shield ends; its rooms go back to what they were.');
  await until(admin, 'Done');
  await admin.open('/jobs');
  await expect(page.getByRole('link', { name: `Shield ${id}` })).toHaveCount(0);
  expect((await exported(admin, `q=${room}`)).get(room)).toMatchObject({ muted: false });
});

test('rooms that were renamed after the plan are skipped and named', async ({ house, visit }) => {
  const ids: string[] = [];
  for (let rooms = 0; rooms < 5; rooms += 1) ids.push(await house.room());
  const admin = await visit('admin');
  const { page } = admin;
  await admin.open(`/jobs/new?${ids.map((id) => `ids=${id}`).join('&')}`);
  await expect(page.locator('form.room-form')).toContainText('5 rooms chosen');
  await choose(admin, 'Muted', 'Yes');
  await plan(admin);
  for (const id of ids.slice(0, 3)) {
    await house.call('moderator', 'save_room', { id, version: '1', 'changes[name]': `改名 ${id}` });
  }
  await admin.press(/^Run on 5 rooms/);
  await until(admin, 'Done');
  await expect(count(admin, 'Skipped')).toHaveText('3');
  await admin.press('Skipped 3', 'link');
  const rows = page.locator('#job-results tbody tr');
  await expect(rows).toHaveCount(3);
  for (const [n, id] of ids.slice(0, 3).entries()) {
    await expect(rows.nth(n)).toContainText(`改名 ${id}`);
    await expect(rows.nth(n)).toContainText('changed since; left as it is');
  }
});

test('a plan runs once: a second tab and the way back are told so', async ({ house, visit }) => {
  const admin = await visit('admin');
  const { page } = admin;
  const id = await planned(house, { 'chosen[ids]': await house.room(), 'typed[set][muted]': 'yes' });
  await admin.open(`/jobs/${id}`);
  const second = await page.context().newPage();
  await second.goto(`/jobs/${id}`);
  await admin.press(/^Run on 1 room/);
  await until(admin, 'Done');
  await second.getByRole('button', { name: /^Run on 1 room/ }).click();
  await expect(second.locator('[data-answer]')).toContainText('a plan runs once');
  await expect(second.getByRole('button', { name: /^Run/ })).toHaveCount(0);
  await admin.follow(() => page.goBack());
  const run = page.getByRole('button', { name: /^Run on/ });
  if (await run.count()) {
    await admin.follow(() => run.click());
    await expect(admin.answer).toContainText('a plan runs once');
  }
  await expect(count(admin, 'Changed')).toHaveText('1');
});

test('rooms are chosen by a pasted list and by a file; what is unknown is named', async ({ house, visit }) => {
  const [first, second, third] = [await house.room(), await house.room(), await house.room()];
  const admin = await visit('admin');
  const { page } = admin;
  await admin.open('/jobs/new');
  await admin.field('ids').fill(`${first}, ${second}\n${first}\nno such 部屋`);
  const file = (name: string, text: string) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
  await admin.field('file').setInputFiles(file('ids.csv', `\ufeffid,name\r\n${third},"a, b"\r\n${second},\r\n"gone, too",\r\n`));
  await admin.press('Plan', 'button', 'form.room-form');
  await expect(admin.answer).toContainText('There is nothing to do: choose at least one change.');
  await expect(admin.field('ids'), 'what the file held comes back').toHaveValue(new RegExp(third));
  await admin.field('ids').fill(`${first}, ${second}\nno such 部屋`);
  await admin.field('file').setInputFiles(file('ids.csv', `id\n${third}\n${second}\n`));
  await choose(admin, 'Muted', 'Yes');
  await plan(admin);
  await expect(count(admin, 'Will change')).toHaveText('3');
  await expect(count(admin, 'Unknown ids')).toHaveText('1');
  await expect(page.locator('.unknown')).toHaveText('no such 部屋');

  await admin.open('/jobs/new');
  await admin.field('set-announcement').fill('typed beside it');
  await admin.field('file').setInputFiles(file('huge.txt', 'x'.repeat(9 * 1024 * 1024)));
  await admin.press('Plan', 'button', 'form.room-form');
  await expect(admin.answer).toContainText('File is longer than 8 MiB');
  await expect(admin.field('set-announcement')).toHaveValue('typed beside it');
});

test('what failed is tried again and nothing else, and the results are taken along', async ({ house, visit }) => {
  const admin = await visit('admin');
  const { page } = admin;
  const free = await house.room({ name: '空きあり' });
  const tag = house.fresh('new');
  const id = await planned(house, { 'chosen[ids]': `bulk-full\n${free}`, 'typed[add][tags]': tag });
  await admin.open(`/jobs/${id}`);
  await expect(page.getByRole('heading', { name: 'Why rooms are refused' })).toBeVisible();
  await admin.press(/^Run on 1 room/);
  await until(admin, 'Done');
  await expect(count(admin, 'Failed')).toHaveText('1');
  const take = async (name: string) => {
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name }).click()]);
    return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'utf8') };
  };
  const csv = await take('Export CSV');
  expect(csv.name).toBe(`job-${id}.csv`);
  expect(csv.text.trim().split('\n')).toHaveLength(3);
  const lines = await take('Export JSON lines');
  expect(lines.text.trim().split('\n').map((line) => (JSON.parse(line) as Room).outcome).sort()).toEqual(['changed', 'failed']);

  await done(house, admin, { 'chosen[ids]': 'bulk-full', 'typed[remove][tags]': 'tag-0' });
  await admin.open(`/jobs/${id}`);
  await admin.press(/^Retry failed/);
  await expect(count(admin, 'Will change')).toHaveText('1');
  await expect(page.locator('#changing')).toContainText('タグがいっぱい');
  await admin.press(/^Run on 1 room/);
  await until(admin, 'Done');
  await expect(count(admin, 'Changed')).toHaveText('1');
  await done(house, admin, { 'chosen[ids]': 'bulk-full', 'typed[remove][tags]': tag });
  await done(house, admin, { 'chosen[ids]': 'bulk-full', 'typed[add][tags]': 'tag-0' });
});

test('a job is watched on its page, which says so where the server is away, and is never loaded again', async ({ house, visit, js }) => {
  test.skip(!js, 'a script watches; without one the page is loaded again');
  const admin = await visit('admin');
  const { page } = admin;
  await running(house, admin);
  await page.evaluate(() => document.documentElement.setAttribute('data-same', ''));
  await expect(page.locator('[data-watch-lost]')).toBeVisible();
  await expect(page.locator('#job-head .badge')).toHaveText('Running');
  await page.getByRole('link', { name: 'Refresh' }).focus();
  await page.unroute('**/jobs/*');
  await until(admin, 'Done');
  await expect(page.locator('[data-watch-lost]')).toBeHidden();
  await expect(page.locator('html')).toHaveAttribute('data-same', '');
  await expect(page.getByRole('link', { name: 'Refresh' }), 'the focus stays').toBeFocused();
  await expect(page.locator('#announce')).toContainText('The job is not running any more. 1,000 of 1,000 rooms');
  await expect(page.locator('#job-next').getByRole('button', { name: /^Undo/ })).toBeVisible();
  await expect(page.locator('#job-results tbody tr')).toHaveCount(50);
});

test('a bulk change is done by keyboard alone', async ({ visit, js }) => {
  test.skip(!js, 'ranges and keys are scripts');
  const moderator = await visit('moderator');
  const { page } = moderator;
  await moderator.open('/rooms?tags=bulk&sort=name');
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await expect(page.locator('[data-count]')).toHaveText('2 selected');
  const tabTo = async (selector: string) => {
    for (let tabs = 0; tabs < 250; tabs += 1) {
      await page.keyboard.press('Tab');
      if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
    }
    throw new Error(`${selector} was not reached`);
  };
  await tabTo('#selection button[type=submit]');
  await moderator.follow(() => page.keyboard.press('Enter'));
  await tabTo('#field-add-tags');
  await page.keyboard.type('鍵盤');
  await tabTo('form.room-form button[type=submit]');
  await moderator.follow(() => page.keyboard.press('Enter'));
  await expect(moderator.answer).toContainText('Planned.');
  await expect(moderator.answer).toBeFocused();
  await tabTo('#job-next button');
  await moderator.follow(() => page.keyboard.press('Enter'));
  await until(moderator, 'Done');
  await tabTo('#job-next button');
  await moderator.follow(() => page.keyboard.press('Enter'));
  await tabTo('#job-next button');
  await moderator.follow(() => page.keyboard.press('Enter'));
  await until(moderator, 'Done');
  await expect(count(moderator, 'Changed')).toHaveText('2');
});
