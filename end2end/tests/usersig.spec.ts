// A back-end that signs with the vendor's own package: the server accepts its UserSig as it comes.
import { copyFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { expect, test } from '@playwright/test';

import { runFolder } from '../support/place.ts';
import { Server, wardroomReading } from '../support/server.ts';

interface Signer {
  genSig(account: string, seconds: number, userBuffer?: string): string;
}

// The package has no types and is a CommonJS module.
const { Api } = createRequire(import.meta.url)('tls-sig-api-v2') as { Api: new (app: number, key: string) => Signer };

const APP = 1_400_000_000;
const KEY = '5bd2850fff3ecb11d7c805251c51ee463a25727bddc2385f3fa8bfee1bb93b5e';

test.skip(({ javaScriptEnabled }) => javaScriptEnabled === false, 'no browser has a part in it');

test('what the package of the vendor signs is accepted, and a room is changed with it', async ({}, info) => {
  const database = join(runFolder(), `usersig-${info.workerIndex}-${info.retry}.db`);
  copyFileSync(join(runFolder(), 'template.db'), database);
  copyFileSync(join(runFolder(), 'template.key'), database.replace(/db$/, 'key'));
  const app = ['app', 'add', 'Live', '--vendor', 'tencent', '--scope', 'manage', '--key', `${APP}`, '--secret-stdin'];
  wardroomReading(database, KEY, ...app);
  const server = await Server.start(database);
  const call = async (action: string, signer: Signer, body: unknown, userBuffer?: string) => {
    const query = new URLSearchParams({
      sdkappid: `${APP}`,
      identifier: 'administrator',
      random: '99999999',
      contenttype: 'json',
    });
    const usersig = signer.genSig('administrator', 600, userBuffer);
    const url = `${server.url}/tencent/v4/live_engine_http_srv/${action}?${query}&usersig=${usersig}`;
    const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
    expect(answer.status).toBe(200);
    return (await answer.json()) as { ErrorCode: number; Response?: { RoomInfo: Record<string, unknown> } };
  };
  try {
    const signer = new Api(APP, KEY);
    const room = { RoomId: 'live-room', RoomName: '直播間' };
    expect(await call('create_room', signer, { RoomInfo: { ...room, RoomType: 'Live' } })).toMatchObject({ ErrorCode: 0 });
    expect(await call('update_room_info', signer, { RoomInfo: { ...room, Category: [1, 2, 3] } }, 'abc')).toMatchObject({
      ActionStatus: 'OK',
      ErrorInfo: '',
      ErrorCode: 0,
    });
    const looked = await call('get_room_info', signer, { RoomId: room.RoomId });
    expect(looked.Response?.RoomInfo).toMatchObject({ ...room, Category: [1, 2, 3] });
    const other = new Api(APP, KEY.replace('5', '6'));
    expect(await call('get_room_info', other, { RoomId: room.RoomId })).toMatchObject({ ErrorCode: 70009 });
  } finally {
    await server.stop();
  }
});
