// Jobs in every state, made by scripts, for the tests that look at their pages.
import type { Role } from './server.ts';
import { UNBROKEN } from './rooms.ts';
import { expect, type House, type Visit } from './test.ts';

type Fields = Record<string, string>;

/** Plans a job; gives its number. */
export async function planned(house: House, fields: Fields, role: Role = 'admin', name = 'plan_job'): Promise<number> {
  const { to } = await house.call(role, name, fields);
  return Number(/(\d+)$/.exec(to ?? '')?.[1]);
}

/** Presses Run on the plan's page. */
export async function run(visit: Visit, id: number): Promise<void> {
  await visit.open(`/jobs/${id}`);
  await visit.press(/^Run on/);
  await expect(visit.answer).toContainText('Started.');
}

/** Waits until the job is where it should be: with scripts its page says so by itself, without them it is loaded again. */
export async function until(visit: Visit, state: string): Promise<void> {
  const badge = visit.page.locator('#job-head .badge').filter({ hasText: state });
  if (visit.js) return expect(badge).toBeVisible({ timeout: 60_000 });
  return expect(async () => {
    if (!(await badge.isVisible())) await visit.press('Refresh', 'link');
    await expect(badge).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 60_000 });
}

/** Plans, runs and waits for the end. */
export async function done(house: House, visit: Visit, fields: Fields): Promise<number> {
  const id = await planned(house, fields);
  await run(visit, id);
  await until(visit, 'Done');
  return id;
}

/** A plan with something of everything: rooms that change, that are so already, that cannot change, and unknown ids. */
export async function mixed(house: House): Promise<number> {
  const ids = ['bulk-full', 'e2e:han', 'e2e:arabic', 'e2e:unbroken', 'e2e:full', 'nowhere', `${UNBROKEN}:${UNBROKEN}`, '無い部屋'];
  const change = { 'typed[add][tags]': 'e2e, music, 歌枠', 'typed[set][announcement]': '本日は終了しました。'.repeat(12) };
  return planned(house, { 'chosen[ids]': ids.join('\n'), ...change });
}

/** A job that rests in the middle: it is paused as soon as it runs. */
export async function paused(house: House, visit: Visit): Promise<number> {
  const id = await planned(house, { 'chosen[all]': '1', 'chosen[query]': 'q=left:0', 'typed[set][slow_mode]': house.fresh('').slice(1) });
  await visit.open(`/jobs/${id}`);
  const token = await visit.page.locator('input[name=token]').inputValue();
  await house.call('admin', 'run_job', { id: String(id), token });
  await house.call('admin', 'pause_job', { id: String(id) });
  return id;
}

/** A job at work, on a page that cannot ask how it goes on: where a script looks at it, the server seems to be away. */
export async function running(house: House, visit: Visit): Promise<number> {
  await visit.page.route('**/jobs/*', (route) => (route.request().isNavigationRequest() ? route.continue() : route.abort()));
  for (let tries = 0; tries < 5; tries += 1) {
    const slow = house.fresh('').slice(1);
    const id = await planned(house, { 'chosen[all]': '1', 'chosen[query]': 'q=left:0', 'typed[set][slow_mode]': slow });
    await run(visit, id);
    if ((await visit.page.locator('#job-progress[data-watch]').count()) > 0) return id;
  }
  throw new Error('no job was met at work');
}
