// Every page and every state of one that a person can meet, each with the way to it.
import { done, mixed, paused, planned, run, running, until } from './jobs.ts';
import { code } from './codes.ts';
import { FULL, UNBROKEN } from './rooms.ts';
import type { Account, Role } from './server.ts';
import { at, expect, type House, type Visit } from './test.ts';

export interface Place {
  name: string;
  who: Role | null;
  /** Leads there; gives the address of the room it made, where that matters. */
  go: (visit: Visit, house: House) => Promise<unknown>;
}

/** Gives name and password, so that the second step is asked for. */
async function halfWay(visit: Visit, { name, password }: Account): Promise<void> {
  await visit.open('/sign-in?next=%2Faudit');
  await visit.page.getByLabel('Name').fill(name);
  await visit.page.getByLabel('Password').fill(password);
  await visit.press('Sign in');
}

const to = (address: string) => (visit: Visit) => visit.open(address);

export const PLACES: Place[] = [
  { name: 'sign-in', who: null, go: to('/sign-in') },
  {
    name: 'sign-in refused',
    who: null,
    go: async (visit, house) => {
      await visit.open('/sign-in?next=%2Faudit');
      await visit.page.getByLabel('Name').fill(house.fresh('nobody'));
      await visit.press('Sign in');
    },
  },
  {
    name: 'sign-in, second step',
    who: null,
    go: async (visit, house) => {
      await halfWay(visit, await house.twoSteps('viewer'));
      await visit.page.locator('details summary').first().click();
    },
  },
  {
    name: 'sign-in, second step refused',
    who: null,
    go: async (visit, house) => {
      await halfWay(visit, await house.twoSteps('viewer'));
      await visit.page.getByLabel('Code', { exact: true }).fill('no code');
      await visit.press('Sign in');
    },
  },
  { name: 'rooms', who: 'admin', go: to('/rooms') },
  { name: 'rooms with hostile names', who: 'viewer', go: to('/rooms?tags=e2e&owner=e2e-anchor&sort=-members') },
  { name: 'rooms found by right-to-left', who: 'viewer', go: to(`/rooms?q=${encodeURIComponent('مباشر')}`) },
  { name: 'rooms with long names', who: 'viewer', go: to('/rooms?tags=e2e&status=active&q=e2e') },
  { name: 'rooms, a page in the middle', who: 'viewer', go: async (visit) => {
    await visit.open('/rooms?tags=paged');
    await visit.press('Next', 'link');
  } },
  { name: 'rooms, none found', who: 'viewer', go: to('/rooms?q=nothing%20is%20called%20this&from=soon') },
  {
    name: 'rooms, filters open',
    who: 'admin',
    go: async (visit) => {
      await visit.open('/rooms?status=active&tags=e2e&tags=music');
      await visit.page.locator('.finder summary').click();
    },
  },
  {
    name: 'rooms, columns of a view, some selected',
    who: 'admin',
    go: async (visit, house) => {
      const chosen = ['state', 'managers', 'description', 'categories', 'capacity', 'seat_mode', 'app', 'cover', 'updated_at'];
      const columns = Object.fromEntries(chosen.map((key) => [`columns[on][${key}]`, 'on']));
      const view = { name: house.fresh('深夜歌枠 views'), query: 'tags=e2e', 'columns[shown]': chosen.join(','), ...columns };
      const { to: address } = await house.call('admin', 'save_view', view);
      await house.call('admin', 'save_view', { name: house.fresh(UNBROKEN.slice(0, 60)), query: 'muted=yes' });
      await visit.open(`${address}&status=active`);
      await visit.page.locator('#results tbody input').nth(0).check();
      await visit.page.locator('#results tbody input').nth(2).check();
    },
  },
  {
    name: 'rooms, menu open',
    who: 'moderator',
    go: async (visit, house) => {
      const { to: address } = await house.call('moderator', 'save_view', { name: house.fresh('夜'), query: 'tags=e2e' });
      await visit.open(`${address}&q=e2e`);
      await visit.page.locator('.list-tools summary').click();
      // Its tab must not stand before the search box of the tests that count.
      await house.call('moderator', 'delete_view', { id: /view=(\d+)/.exec(address ?? '')?.[1] ?? '' });
    },
  },
  {
    name: 'palette',
    who: 'moderator',
    go: async (visit) => {
      await visit.open('/rooms');
      await visit.page.keyboard.press('Control+k');
      await visit.page.keyboard.type('e2e');
      await visit.page.locator('#palette [data-found]').nth(4).waitFor();
    },
  },
  {
    name: 'keys',
    who: 'viewer',
    go: async (visit) => {
      await visit.open('/audit');
      await visit.page.keyboard.press('?');
      await visit.page.locator('#keys[open]').waitFor();
    },
  },
  { name: 'save view', who: 'moderator', go: to('/views/new?q=%E7%9B%B4%E6%92%AD&tags=e2e&status=active&sort=-members') },
  {
    name: 'save view refused',
    who: 'moderator',
    go: async (visit) => {
      await visit.open('/views/new?tags=e2e');
      await visit.page.getByRole('spinbutton', { name: 'Place of Owner' }).fill('-3');
      await visit.press('Save', 'button', 'form.room-form');
    },
  },
  {
    name: 'view',
    who: 'admin',
    go: async (visit, house) => {
      const { to: address } = await house.call('admin', 'save_view', { name: house.fresh('深夜歌枠'), query: 'tags=e2e' });
      await visit.open(`/views/${/view=(\d+)/.exec(address ?? '')?.[1]}`);
    },
  },
  { name: 'preferences', who: 'auditor', go: to('/preferences') },
  { name: 'new room', who: 'admin', go: to('/rooms/new') },
  {
    name: 'new room refused',
    who: 'admin',
    go: async (visit) => {
      await visit.open('/rooms/new');
      await visit.field('cover').fill('ftp://x');
      await visit.press('Create room');
    },
  },
  { name: 'details', who: 'admin', go: to(at(FULL)) },
  { name: 'details for a moderator', who: 'moderator', go: to(at(FULL)) },
  { name: 'details for a viewer', who: 'viewer', go: to(at('e2e:arabic')) },
  { name: 'details of an unbroken name', who: 'admin', go: to(at('e2e:unbroken')) },
  {
    name: 'details with errors',
    who: 'admin',
    go: async (visit, house) => {
      await visit.open(at(await house.room()));
      await visit.field('name').fill('直'.repeat(129));
      await visit.field('cover').fill('nonsense');
      await visit.field('categories').fill('1, two');
      await visit.press('Save', 'button', 'form.room-form');
    },
  },
  {
    name: 'details saved',
    who: 'admin',
    go: async (visit, house) => {
      await visit.open(at(await house.room({ description: 'long '.repeat(100) })));
      await visit.field('name').fill('深夜歌枠');
      await visit.field('description').fill('');
      await visit.press('Save', 'button', 'form.room-form');
    },
  },
  {
    name: 'conflict',
    who: 'admin',
    go: async (visit, house) => {
      const id = await house.room({ announcement: 'As it was' });
      await visit.open(at(id));
      await visit.field('name').fill('Mine');
      await visit.field('announcement').fill('我的');
      const theirs = { 'changes[name]': 'Theirs', 'changes[announcement]': '他們的 '.repeat(80) };
      await house.call('moderator', 'save_room', { id, version: '1', ...theirs });
      await visit.press('Save', 'button', 'form.room-form');
    },
  },
  { name: 'owner, choose', who: 'admin', go: to(at(FULL, 'owner')) },
  {
    name: 'owner, offered',
    who: 'admin',
    go: async (visit) => {
      await visit.open(at(FULL, 'owner'));
      await visit.fillClient(visit.field('to'), 'fan-');
      await expect(visit.page.getByRole('option').first()).toBeVisible();
    },
  },
  { name: 'owner, wrong', who: 'admin', go: to(`${at(FULL, 'owner')}?to=e2e-anchor`) },
  { name: 'owner, confirm', who: 'admin', go: to(`${at(FULL, 'owner')}?to=somebody-new`) },
  { name: 'members', who: 'viewer', go: to(at(FULL, 'members')) },
  { name: 'members, none', who: 'viewer', go: to(at('e2e:han', 'members')) },
  { name: 'attributes', who: 'moderator', go: to(at(FULL, 'attributes')) },
  { name: 'attributes for a viewer', who: 'viewer', go: to(at(FULL, 'attributes')) },
  { name: 'attributes, none', who: 'viewer', go: to(at('e2e:han', 'attributes')) },
  {
    name: 'attributes refused',
    who: 'moderator',
    go: async (visit, house) => {
      await visit.open(at(await house.room(), 'attributes'));
      await visit.page.getByLabel('Key of new attribute 1').fill('topic');
      await visit.page.getByLabel('Key of new attribute 2').fill('a key that is much too long');
      await visit.press('Save', 'button', 'form.room-form');
    },
  },
  {
    name: 'history',
    who: 'admin',
    go: async (visit, house) => {
      const id = await house.room({ description: 'long '.repeat(100) });
      await house.call('moderator', 'save_room', { id, version: '1', 'changes[name]': '深夜歌枠', 'changes[status]': 'inactive' });
      await house.call('admin', 'add_manager', { id, client: 'fan-1' });
      await visit.open(at(id, 'history'));
    },
  },
  { name: 'api', who: 'viewer', go: to(at(FULL, 'api')) },
  { name: 'api of an unbroken name', who: 'moderator', go: to(at('e2e:unbroken', 'api')) },
  {
    name: 'api with commands',
    who: 'admin',
    go: async (visit, house) => {
      const page = await house.app(house.fresh('caller 店'));
      await visit.open(`${at(FULL, 'api')}?app=${page.split('/').pop()}`);
    },
  },
  { name: 'json', who: 'viewer', go: to(at(FULL, 'json')) },
  { name: 'new job', who: 'moderator', go: to('/jobs/new') },
  { name: 'new job, all that match', who: 'admin', go: to('/jobs/new?all=1&tags=bulk&q=%E6%B7%B1%E5%A4%9C&status=active') },
  { name: 'new job, some rooms', who: 'admin', go: to('/jobs/new?ids=e2e:han&ids=e2e:arabic&ids=e2e:unbroken&ids=nowhere') },
  { name: 'new job, unreadable', who: 'admin', go: to('/jobs/new?all=1&status=gone') },
  {
    name: 'new job refused',
    who: 'admin',
    go: async (visit) => {
      await visit.open('/jobs/new?ids=e2e:han');
      await visit.field('set-capacity').fill('many');
      await visit.field('set-owner').fill('x'.repeat(200));
      await visit.page.getByLabel('Key of attribute 1').fill('a key that is much too long');
      await visit.press('Plan', 'button', 'form.room-form');
    },
  },
  { name: 'new job for a while', who: 'admin', go: to('/jobs/new?all=1&tags=shielded&tab=shield') },
  { name: 'off-board', who: 'admin', go: to('/jobs/offboard?from=leaving-anchor&to=staying-anchor') },
  {
    name: 'off-board refused',
    who: 'admin',
    go: async (visit) => {
      await visit.open('/jobs/offboard?from=e2e-anchor&to=e2e-anchor');
      await visit.press('Plan', 'button', 'form.card');
    },
  },
  { name: 'job planned', who: 'admin', go: async (visit, house) => visit.open(`/jobs/${await mixed(house)}`) },
  { name: 'job planned by somebody else', who: 'viewer', go: async (visit, house) => visit.open(`/jobs/${await mixed(house)}`) },
  {
    name: 'job awaiting approval',
    who: 'admin',
    go: async (visit, house) => {
      const id = await planned(house, { from: 'leaving-anchor', to: 'staying-anchor' }, 'admin', 'plan_offboarding');
      await visit.open(`/jobs/${id}`);
    },
  },
  {
    name: 'job running',
    who: 'admin',
    go: async (visit, house) => {
      await running(house, visit);
      await expect(visit.page.locator('[data-watch-lost]')).toBeVisible();
    },
  },
  { name: 'job paused', who: 'admin', go: async (visit, house) => visit.open(`/jobs/${await paused(house, visit)}`) },
  {
    name: 'job done',
    who: 'admin',
    go: async (visit, house) => {
      const id = await mixed(house);
      await house.call('admin', 'add_manager', { id: 'e2e:unbroken', client: house.fresh('fan') });
      await run(visit, id);
      await until(visit, 'Done');
    },
  },
  {
    name: 'job to be undone',
    who: 'admin',
    go: async (visit, house) => {
      const ids = [await house.room({ name: '深夜歌枠' }), await house.room({ name: '昼の部' })];
      await done(house, visit, { 'chosen[ids]': ids.join('\n'), 'typed[set][muted]': 'yes' });
      await house.call('moderator', 'save_room', { id: ids[1] ?? '', version: '2', 'changes[name]': '夜の部' });
      await visit.press(/^Undo/, 'button', '#job-next');
    },
  },
  {
    name: 'shield stands',
    who: 'admin',
    go: async (visit, house) => {
      const fields = { 'chosen[ids]': await house.room({ name: '荒らし' }), 'typed[set][muted]': 'yes', minutes: '60' };
      await run(visit, await planned(house, fields, 'admin', 'plan_shield'));
      await until(visit, 'Stands');
    },
  },
  {
    name: 'jobs',
    who: 'admin',
    go: async (visit, house) => {
      const fields = { 'chosen[ids]': await house.room({ name: '荒らし' }), 'typed[set][listed]': 'no', minutes: '90' };
      await run(visit, await planned(house, fields, 'admin', 'plan_shield'));
      await until(visit, 'Stands');
      await planned(house, { from: 'leaving-anchor', to: UNBROKEN }, 'admin', 'plan_offboarding');
      await mixed(house);
      await visit.open('/jobs');
    },
  },
  { name: 'jobs, none', who: 'viewer', go: to('/jobs?state=failed') },
  {
    name: 'history with a job',
    who: 'viewer',
    go: async (visit, house) => {
      const id = await house.room({ name: '履歴' });
      const fields = { 'chosen[ids]': id, 'typed[set][muted]': 'yes' };
      const job = await planned(house, fields);
      const page = await fetch(`${house.url}/jobs/${job}`, { headers: { cookie: house.cookie('admin') } });
      const token = /name="token" value="([^"]+)"/.exec(await page.text())?.[1];
      await house.call('admin', 'run_job', { id: String(job), token: token ?? '' });
      await visit.open(`/jobs/${job}`);
      await until(visit, 'Done');
      await visit.open(at(id, 'history'));
    },
  },
  { name: 'audit', who: 'admin', go: to('/audit') },
  { name: 'audit, none', who: 'auditor', go: to('/audit?room=no-such-room&from=2026-01-01') },
  { name: 'apps, none or some', who: 'admin', go: to('/apps') },
  {
    name: 'apps',
    who: 'admin',
    go: async (visit, house) => {
      await house.app(house.fresh(UNBROKEN.slice(0, 50)));
      const page = await house.app(house.fresh('shop 店'), 'read');
      await house.call('admin', 'disable_app', { id: page.split('/').pop() ?? '' });
      await visit.open('/apps');
    },
  },
  {
    name: 'apps refused',
    who: 'admin',
    go: async (visit) => {
      await visit.open('/apps');
      await visit.field('rate').fill('lots');
      await visit.press('Add', 'button', 'section[aria-labelledby=add-title]');
    },
  },
  {
    name: 'app added',
    who: 'admin',
    go: async (visit, house) => {
      await visit.open('/apps');
      await visit.field('name').fill(house.fresh('neu'));
      await visit.press('Add', 'button', 'section[aria-labelledby=add-title]');
    },
  },
  {
    name: 'app rotated',
    who: 'admin',
    go: async (visit, house) => {
      await visit.open(await house.app(house.fresh('rotated')));
      await visit.press('Rotate the secret');
    },
  },
  { name: 'staff', who: 'admin', go: to('/staff') },
  {
    name: 'staff added',
    who: 'admin',
    go: async (visit, house) => {
      await visit.open('/staff');
      await visit.page.getByLabel('Name', { exact: true }).fill(house.fresh('neu'));
      await visit.press('Add', 'button', 'section[aria-labelledby=add-title]');
    },
  },
  { name: 'account', who: 'auditor', go: to('/account') },
  {
    name: 'account refused',
    who: 'auditor',
    go: async (visit) => {
      await visit.open('/account');
      await visit.page.getByLabel('New password', { exact: true }).fill('short');
      await visit.press('Change password');
    },
  },
  { name: 'two steps, setting up', who: 'moderator', go: to('/account/totp') },
  {
    name: 'two steps, refused',
    who: 'moderator',
    go: async (visit) => {
      await visit.open('/account/totp');
      await visit.press('Turn on');
    },
  },
  {
    name: 'two steps, on, with new recovery codes',
    who: null,
    go: async (visit, house) => {
      const account = await house.twoSteps('viewer');
      await halfWay(visit, account);
      await visit.page.getByLabel('Code', { exact: true }).fill(code(account.key));
      await visit.press('Sign in');
      await visit.open('/account/totp');
      await visit.press('Make new recovery codes');
    },
  },
  { name: 'confirm', who: 'auditor', go: to('/confirm?next=%2Faccount') },
  {
    name: 'confirm refused',
    who: 'auditor',
    go: async (visit) => {
      await visit.open('/confirm?next=%2Faccount');
      await visit.page.getByLabel('Password').fill('not it');
      await visit.press('Confirm');
    },
  },
  {
    name: 'one of the staff',
    who: 'admin',
    go: async (visit, house) => {
      const { name } = await house.twoSteps('moderator');
      await visit.open('/staff');
      await visit.press(name, 'link', '.table');
    },
  },
  { name: 'not found', who: 'viewer', go: to('/rooms/no-such-room') },
  { name: 'no such page', who: 'viewer', go: to('/nowhere') },
  { name: 'not for your role', who: 'viewer', go: to('/staff') },
];
