// One server over a database of its own: started on a free port, asked over HTTP, stopped like a service.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

import { WARDROOM } from './place.ts';

/** What a browser context needs to be signed in. */
export type State = Awaited<ReturnType<import('@playwright/test').BrowserContext['storageState']>>;

export type Role = 'viewer' | 'moderator' | 'admin' | 'auditor';

export interface Account {
  name: string;
  password: string;
}

/** What the server tells a script that it did. */
export interface Done {
  message: string;
  secret: { name: string; label: string; value: string } | null;
  to: string | null;
}

function environment(database: string): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('WARDROOM_'));
  return { ...Object.fromEntries(own), WARDROOM_DATABASE_URL: `sqlite:${database}` };
}

/** Runs a command of the program to its end; gives what it printed. */
export function wardroom(database: string, ...args: string[]): string {
  return wardroomReading(database, '', ...args);
}

/** The same, with something on its standard input. */
export function wardroomReading(database: string, input: string, ...args: string[]): string {
  const ran = spawnSync(WARDROOM, args, { env: environment(database), encoding: 'utf8', input });
  if (ran.status !== 0) {
    throw new Error(`wardroom ${args.join(' ')} ended with ${ran.status ?? ran.error}:\n${ran.stdout}${ran.stderr}`);
  }
  return ran.stdout;
}

/** Makes an account on the command line; gives its one-time password. */
export function addStaff(database: string, name: string, role: Role): string {
  const told = wardroom(database, 'staff', 'add', name, '--role', role);
  const password = /^One-time password: (\S+)$/m.exec(told)?.[1];
  if (!password) throw new Error(`no one-time password in: ${told}`);
  return password;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

/** A form as somebody without JavaScript sends it. */
type Fields = Record<string, string>;

export class Server {
  readonly url: string;
  private readonly process: ChildProcess;
  private log = '';

  private constructor(port: number, database: string, settings: Record<string, string>) {
    this.url = `http://127.0.0.1:${port}`;
    this.process = spawn(WARDROOM, ['serve'], {
      env: {
        ...environment(database),
        WARDROOM_ADDR: `127.0.0.1:${port}`,
        WARDROOM_PUBLIC_URL: this.url,
        WARDROOM_COVERS: 'any',
        // A run lasts longer than ten minutes; the tests that are about it say otherwise.
        WARDROOM_STEP_UP_AFTER: '1d',
        ...settings,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.log += chunk.toString()));
    }
  }

  static async start(database: string, settings: Record<string, string> = {}): Promise<Server> {
    const server = new Server(await freePort(), database, settings);
    const until = Date.now() + 60_000;
    while (Date.now() < until && server.process.exitCode === null) {
      const answer = await fetch(`${server.url}/robots.txt`).catch(() => null);
      if (answer?.ok) return server;
      await new Promise((again) => setTimeout(again, 50));
    }
    throw new Error(`the server does not answer at ${server.url}:\n${server.log}`);
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null) return;
    const ended = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    await ended;
  }

  /** What it logged as an error since it was last asked. */
  errors(): string[] {
    const lines = this.log.split('\n').filter((line) => /\bERROR\b/.test(line));
    this.log = '';
    return lines;
  }

  /** Sends a form as a script does; gives the answer, or throws what was refused. */
  async call(state: State | null, name: string, fields: Fields): Promise<Done> {
    const answer = await this.send(state, name, fields, 'application/json');
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${name}: ${answer.status} ${text}`);
    return JSON.parse(text) as Done;
  }

  /** Sends a form and follows nothing. */
  async send(state: State | null, name: string, fields: Fields, accept: string): Promise<Response> {
    const cookie = state?.cookies.map((each) => `${each.name}=${each.value}`).join('; ') ?? '';
    return fetch(`${this.url}/api/${name}`, {
      method: 'POST',
      redirect: 'manual',
      headers: { accept, cookie },
      body: new URLSearchParams(fields),
    });
  }

  /** Signs in; gives the session. */
  async signIn(account: Account): Promise<State> {
    const answer = await this.send(null, 'sign_in', { name: account.name, password: account.password }, 'text/html');
    const cookie = answer.headers.getSetCookie().at(-1);
    const pair = /^([^=]+)=([^;]+)/.exec(cookie ?? '');
    if (answer.status !== 303 || !pair || answer.headers.get('location') === '/sign-in') {
      throw new Error(`cannot sign in as ${account.name}: ${answer.status} ${answer.headers.get('location')}`);
    }
    return {
      cookies: [
        {
          name: pair[1] ?? '',
          value: pair[2] ?? '',
          domain: '127.0.0.1',
          path: '/',
          expires: -1,
          httpOnly: true,
          secure: false,
          sameSite: 'Lax',
        },
      ],
      origins: [],
    };
  }

  /** Signs in with a one-time password and chooses the account's own. */
  async begin(account: Account, oneTime: string): Promise<State> {
    const state = await this.signIn({ name: account.name, password: oneTime });
    await this.call(state, 'change_password', { current: oneTime, new: account.password, again: account.password });
    return state;
  }
}
