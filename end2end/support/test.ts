// What every test has: a server of its worker's own, pages for any role, and a watch over everything a page does.
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { test as base, expect, type BrowserContext, type Locator, type Page } from '@playwright/test';

import { code } from './codes.ts';
import { runFolder } from './place.ts';
import { asLines, type Line } from './rooms.ts';
import { Server, type Account, type Done, type Role, type State } from './server.ts';
import { PASSWORD } from './setup.ts';

export { expect };

/** What a project may set. */
export interface Options {
  javaScriptEnabled: boolean;
}

/** Copies the template database, and the master key that opens what is sealed in it. */
function copyTemplate(database: string): void {
  const template = join(runFolder(), 'template.db');
  copyFileSync(template, database);
  copyFileSync(template.replace(/db$/, 'key'), database.replace(/db$/, 'key'));
}

/** A server with a copy of the template database. */
export class House {
  private readonly server: Server;
  private readonly states: Record<Role, State>;
  private made = 0;

  constructor(server: Server, states: Record<Role, State>) {
    this.server = server;
    this.states = states;
  }

  get url(): string {
    return this.server.url;
  }

  get all(): Record<Role, State> {
    return this.states;
  }

  state(role: Role): State {
    return this.states[role];
  }

  /** A role's session, as a header. */
  cookie(role: Role): string {
    return this.state(role)
      .cookies.map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }

  /** A name that nothing else in this house has. */
  fresh(stem: string): string {
    this.made += 1;
    return `${stem}-${this.made}`;
  }

  /** What the server logged as an error since it was last asked. */
  errors(): string[] {
    return this.server.errors();
  }

  /** Sends a form as a script does, for a role. */
  async call(role: Role, name: string, fields: Record<string, string>): Promise<Done> {
    return this.server.call(this.state(role), name, fields);
  }

  async send(role: Role, name: string, fields: Record<string, string>): Promise<Response> {
    return this.server.send(this.state(role), name, fields, 'application/json');
  }

  /** Tries to sign in with a wrong password. */
  async guess(name: string): Promise<void> {
    await this.server.send(null, 'sign_in', { name, password: 'a guess' }, 'application/json');
  }

  /** Makes a room of its own for a test; gives its id. */
  async room(fields: Record<string, string> = {}): Promise<string> {
    const id = this.fresh('room');
    const changes = Object.entries({ name: `Room of a test ${id}`, owner: 'olivia', ...fields });
    const named = changes.map(([key, value]) => [`changes[${key}]`, value] as const);
    await this.call('admin', 'create_room', { id, ...Object.fromEntries(named) });
    return id;
  }

  /** Makes an account with a one-time password. */
  async newcomer(role: Role): Promise<Account> {
    const name = this.fresh(role);
    const { secret } = await this.call('admin', 'add_staff', { name, role });
    return { name, password: secret?.value ?? '' };
  }

  /** Makes an account with two steps; gives the key that its phone has. One code is spent. */
  async twoSteps(role: Role): Promise<Account & { key: string }> {
    const { name, password, state } = await this.staff(role);
    const cookie = state.cookies.map((each) => `${each.name}=${each.value}`).join('; ');
    const page = await (await fetch(`${this.url}/account/totp`, { headers: { cookie } })).text();
    const key = /id="totp-key"[^>]*>([A-Z2-7 ]+)</.exec(page)?.[1] ?? '';
    const sealed = /name="key" value="([^"]+)"/.exec(page)?.[1] ?? '';
    await this.server.call(state, 'turn_on_totp', { key: sealed, digits: code(key, -1) });
    return { name, password, key };
  }

  /** Makes an app that may do everything in every room; gives the address of its page. */
  async app(name: string, scope = 'manage'): Promise<string> {
    const may = { 'may[scope]': scope, 'may[application]': '', 'may[accounts]': '', 'may[rate]': '' };
    const { to } = await this.call('admin', 'add_app', { name, vendor: VENDOR, ...may });
    return to ?? '';
  }

  /** Makes an account with a password of its own, and a session. Costs three hashes: use the roles' own where you can. */
  async staff(role: Role): Promise<Account & { state: State }> {
    const { name, password } = await this.newcomer(role);
    const state = await this.server.begin({ name, password: PASSWORD }, password);
    return { name, password: PASSWORD, state };
  }
}

/** A vendor whose API back-ends may speak. */
export const VENDOR = 'imkit';

/** The address of a room's page. */
export const at = (id: string, section = '') => `/rooms/${encodeURIComponent(id)}${section && `/${section}`}`;

/** A page that is awake once its scripts are. */
export class Visit {
  readonly page: Page;
  readonly js: boolean;

  constructor(page: Page, js: boolean) {
    this.page = page;
    this.js = js;
  }

  /** Goes to an address of the house; gives the status. */
  async open(address: string): Promise<number> {
    const answer = await this.page.goto(address, { waitUntil: 'domcontentloaded' });
    await this.awake();
    return answer?.status() ?? 0;
  }

  /** Does something that leads to another page, and waits for that. */
  async follow(act: () => Promise<unknown>): Promise<void> {
    const arrived = this.page.waitForEvent('domcontentloaded');
    await Promise.all([arrived, act()]);
    await this.awake();
  }

  /** Presses a button or a link that leads to another page. */
  async press(name: string | RegExp, role: 'button' | 'link' = 'button', within = 'body'): Promise<void> {
    await this.follow(() => this.page.locator(within).getByRole(role, { name }).first().click());
  }

  async awake(): Promise<void> {
    if (this.js) await expect(this.page.locator('html')).toHaveAttribute('data-hydrated', 'true');
  }

  /** Types into an input that offers clients, and waits until what was typed has been looked up. */
  async fillClient(box: Locator, text: string): Promise<void> {
    await box.fill(text);
    await expect(this.page.locator('.picker-list[aria-busy=true]')).toHaveCount(0);
  }

  /** The answer to the last form. */
  get answer() {
    return this.page.locator('[data-answer]');
  }

  /** The input of a field, by its key. */
  field(key: string) {
    return this.page.locator(`#field-${key.replaceAll('.', '\\.')}`);
  }
}

interface Fixtures {
  /** A house of its own with other settings, over a copy of the template database. */
  other: (settings: Record<string, string>) => Promise<House>;
  /** Opens a page for a role, for a session, or for nobody, in a browser of its own. */
  visit: (who: Role | State | null, options?: Parameters<import('@playwright/test').Browser['newContext']>[0]) => Promise<Visit>;
  js: boolean;
}

/** Everything that must never happen on any page, gathered while a test runs. */
function watch(context: BrowserContext, home: string, seen: string[]): void {
  context.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (!['data:', 'blob:'].includes(protocol) && host !== new URL(home).host) {
      seen.push(`a request to another host: ${request.url()}`);
    }
  });
  context.on('response', (response) => {
    if (response.status() >= 500) seen.push(`${response.status()} for ${response.url()}`);
  });
  context.on('console', (message) => {
    if (message.type() !== 'error') return;
    // A page that is not there, or a cover that is not, is said by the browser itself; tests look at the status.
    const { url } = message.location();
    const is_said_by_browser = message.text().startsWith('Failed to load resource');
    const is_expected = url === message.page()?.url() || new URL(url || home).pathname.endsWith('/cover');
    if (is_said_by_browser && is_expected) return;
    seen.push(`console: ${message.text()} (${url})`);
  });
  context.on('weberror', (error) => seen.push(`page error: ${error.error().message}`));
}

export const test = base.extend<Fixtures, { house: House }>({
  house: [
    async ({}, use, worker) => {
      const folder = runFolder();
      const database = join(folder, `worker-${worker.parallelIndex}-${worker.workerIndex}.db`);
      copyTemplate(database);
      const server = await Server.start(database);
      const states = JSON.parse(readFileSync(join(folder, 'states.json'), 'utf8')) as Record<Role, State>;
      await use(new House(server, states));
      await server.stop();
    },
    { scope: 'worker', timeout: 60_000 },
  ],

  js: async ({ javaScriptEnabled }, use) => {
    await use(javaScriptEnabled !== false);
  },

  other: async ({ house }, use, test) => {
    const opened: Array<[Server, House]> = [];
    await use(async (settings) => {
      const database = join(runFolder(), `${test.testId}-${opened.length}-${test.retry}.db`);
      copyTemplate(database);
      const server = await Server.start(database, settings);
      const another = new House(server, house.all);
      opened.push([server, another]);
      return another;
    });
    for (const [server, another] of opened) {
      expect(another.errors(), 'what the server logged as errors').toEqual([]);
      await server.stop();
    }
  },

  visit: async ({ browser, house, js }, use) => {
    const opened: BrowserContext[] = [];
    const seen: string[] = [];
    await use(async (who, options = {}) => {
      const state = typeof who === 'string' ? house.state(who) : (who ?? undefined);
      const context = await browser.newContext({ baseURL: house.url, storageState: state, ...options });
      opened.push(context);
      watch(context, options.baseURL ?? house.url, seen);
      return new Visit(await context.newPage(), js && options.javaScriptEnabled !== false);
    });
    for (const context of opened) await context.close();
    expect(seen, 'what must never happen on a page').toEqual([]);
    expect(house.errors(), 'what the server logged as errors').toEqual([]);
  },
});

export { asLines, type Line };
