// Rooms that the tests know, beside the demo rooms: names in every script, hostile names, a list of several pages.

/** Rooms of the one owner who leaves. */
export const LEFT = 1500;

/** What `wardroom import` takes, one a line. */
export interface Line {
  id: string;
  name?: string;
  [field: string]: unknown;
}

/** Rooms on the pages of a list: more than two pages of 50. */
export const PAGED = 120;

export const LONG = `The very long name of a room that ends nowhere ${'and goes on '.repeat(6)}`.trim().slice(0, 128);
export const UNBROKEN = 'Donaudampfschifffahrtsgesellschaftskapitänspatentprüfungsordnungskommission'.slice(0, 100);
export const RTL = 'البث المباشر: أخبار المساء، وقائع اليوم وكل ما تريد أن تعرفه عن العالم';

/** A client whose id and nickname would be markup in a page that wrote them as such. */
export const EVIL = { id: '<b>evil</b>', nickname: 'evil<img src=x onerror=alert(1)>"&amp;' };

const day = (n: number) => new Date(Date.UTC(2026, 0, 1 + n)).toISOString();

const member = (n: number, nickname: string) => ({ id: `fan-${n}`, nickname, last_login_at: day(n), unread: n });

/** Full of everything, so that every part of every page has something to show. */
export const FULL = 'e2e:full';

export const ROOMS: Line[] = [
  { id: 'e2e:han', name: '直播間 歌枠', owner: 'e2e-anchor', tags: ['e2e', '歌枠'], status: 'active', categories: [7] },
  { id: 'e2e:hangul', name: '한국직업방송 직접', owner: 'e2e-anchor', tags: ['e2e'], status: 'inactive' },
  { id: 'e2e:arabic', name: RTL, owner: 'e2e-مالك', tags: ['e2e', 'أخبار'], muted: true },
  { id: 'e2e:wide', name: 'ＢＢＣニュース ＬＩＶＥ', owner: 'e2e-anchor', tags: ['e2e'], members: [EVIL] },
  { id: 'e2e:long', name: LONG, owner: 'e2e-anchor', tags: ['e2e', UNBROKEN.slice(0, 32)], opening: 'closed', listed: false },
  { id: 'e2e:unbroken', name: UNBROKEN, owner: UNBROKEN.slice(0, 60), tags: ['e2e'] },
  {
    id: FULL,
    name: '深夜歌枠 ♪ Full of everything',
    app: 'demo',
    description: 'A room with a bit of everything.\nTwo lines of it.',
    announcement: '歡迎光臨',
    tags: ['e2e', 'music', '歌枠', 'live'],
    categories: [1, 2, 3],
    webhook: 'hook-1',
    ext_params: 'a=1&b=2',
    ext: '{"theme":"dark"}',
    live_url: 'rtmp://127.0.0.1/live',
    queue_level: 'managers',
    capacity: 500,
    activity_status: 3,
    owner: 'e2e-anchor',
    managers: ['fan-1', 'fan-2'],
    members: [
      { id: 'e2e-anchor', nickname: '歌姬' },
      ...['小明', 'Ольга', 'مريم', 'Łukasz', '田中さん', 'Noah', 'Ada', '김민수'].map((name, n) => member(n, name)),
    ],
    last_message: { id: 'm1', kind: 'text', text: 'はじめまして！', sender: 'fan-3', sent_at: day(320) },
    attributes: [
      { key: 'topic', value: '今夜の一曲', auto_delete: true, set_by: 'fan-3' },
      { key: 'poll', value: '{"q":"Next song?"}', set_by: 'e2e-anchor' },
      { key: 'pk_score', value: '12:12' },
    ],
  },
  ...Array.from({ length: PAGED }, (_, n) => ({
    id: `paged:${String(n).padStart(3, '0')}`,
    name: `Paged ${String(n).padStart(3, '0')}`,
    owner: 'e2e-pager',
    tags: ['paged'],
    updated_at: day(n),
  })),
  ...series(LEFT, 'left', (n) => ({ name: `引き継ぐ部屋 ${n}`, owner: 'leaving-anchor', app: 'left' })),
  ...series(60, 'bulk', (n) => ({
    name: `深夜の雑談 ${n}`,
    owner: `bulk-${n % 3}`,
    status: n % 5 ? 'active' : 'inactive',
    tags: ['bulk', ...(n % 7 ? [] : ['雑談'])],
    capacity: n + 1,
  })),
  ...series(50, 'shielded', (n) => ({
    name: `荒らし対策 ${n}`,
    owner: 'e2e-guard',
    tags: ['shielded'],
    opening: n % 4 ? 'open' : 'closed',
    muted: n % 3 === 0,
    listed: n % 5 !== 0,
  })),
  { id: 'bulk-full', name: 'タグがいっぱい', tags: Array.from({ length: 20 }, (_, n) => `tag-${n}`), updated_at: day(-1) },
];

/** Rooms of one kind, changed long ago, so that they do not stand before others. */
function series(many: number, stem: string, fields: (n: number) => Omit<Line, 'id'>): Line[] {
  return Array.from({ length: many }, (_, n) => {
    const id = `${stem}:${String(n).padStart(4, '0')}`;
    return { id, updated_at: day(-1), ...fields(n) };
  });
}

export const asLines = (rooms: Line[]) => rooms.map((room) => `${JSON.stringify(room)}\n`).join('');
