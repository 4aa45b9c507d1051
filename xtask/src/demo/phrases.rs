//! What the demo's rooms say about themselves, to those who enter, and among each other.

use super::script::Language;

/// The sentences of one language.
pub struct Phrases {
    /// What a room is about.
    pub about: [&'static str; 6],
    /// What everybody who enters should know.
    pub notice: [&'static str; 5],
    /// What people write.
    pub chat: [&'static str; 8],
    /// Words to find a room by.
    pub tags: [&'static str; 6],
}

impl Phrases {
    /// The sentences of a language.
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::Chinese => &CHINESE,
            Language::Japanese => &JAPANESE,
            Language::Korean => &KOREAN,
            Language::Arabic => &ARABIC,
            Language::Russian => &RUSSIAN,
            Language::German => &GERMAN,
            Language::English => &ENGLISH,
        }
    }
}

static CHINESE: Phrases = Phrases {
    about: [
        "一起看直播、聊節目，歡迎新朋友自我介紹。",
        "每晚八點開播，精彩片段會在隔天整理成重點。",
        "討論新聞與時事的地方，請附上消息來源。",
        "戲迷聚集地：劇情討論請標明「有雷」。",
        "本頻道由志工輪流主持，週末加場。",
        "音樂不間斷，想聽什麼就在留言區點歌。",
    ],
    notice: [
        "請勿洗版或張貼廣告，違者將被禁言。",
        "今晚十點至十二點系統維護，直播會短暫中斷。",
        "新的管理員已到任，有問題請直接標記他們。",
        "抽獎結果公布：請得獎者在三天內私訊管理員。",
        "進房請先閱讀版規，感謝配合！",
    ],
    chat: [
        "畫面有點卡，只有我這樣嗎？",
        "主持人今天好好笑😂",
        "終於開播了！",
        "請問重播什麼時候上？",
        "晚安，明天見。",
        "聲音好像慢了半秒",
        "這首歌叫什麼名字？",
        "+1",
    ],
    tags: ["直播", "戲劇", "新聞", "音樂", "體育", "聊天室"],
};

static JAPANESE: Phrases = Phrases {
    about: [
        "番組の実況と感想のための部屋です。初見さん大歓迎。",
        "毎週金曜の夜に歌枠をやっています。",
        "作業用のBGMを一日中流しています。コメントはご自由に。",
        "ネタバレは放送が終わってからお願いします。",
        "地元のニュースと天気をいち早くお届けします。",
        "スポーツ観戦部屋。どのチームのファンも仲良く！",
    ],
    notice: [
        "荒らしには反応せず、モデレーターにお知らせください。",
        "今夜二十三時より三十分ほどメンテナンスを行います。",
        "リクエストは一人一曲まででお願いします。",
        "次回の配信は土曜日の二十時からです。お楽しみに。",
        "入室したらまず固定コメントをお読みください。",
    ],
    chat: [
        "こんばんは〜",
        "音が小さいかも？",
        "888888",
        "今日の選曲、最高です！",
        "アーカイブは残りますか？",
        "初見です、よろしくお願いします。",
        "草",
        "また明日！おやすみなさい。",
    ],
    tags: ["歌枠", "雑談", "ニュース", "アニメ", "スポーツ", "実況"],
};

static KOREAN: Phrases = Phrases {
    about: [
        "함께 방송을 보며 이야기하는 방입니다. 누구나 환영해요.",
        "매일 저녁 일곱 시에 시작하고 주말에는 두 번 방송합니다.",
        "드라마 이야기만 해요. 스포일러는 표시해 주세요.",
        "하루 종일 음악을 틀어 드립니다. 신청곡도 받아요.",
        "우리 동네 소식과 날씨를 전합니다.",
        "경기가 있는 날에는 응원방으로 바뀝니다.",
    ],
    notice: [
        "도배와 광고는 예고 없이 삭제됩니다.",
        "오늘 밤 열한 시부터 점검이 있습니다. 양해 부탁드립니다.",
        "새 매니저가 두 분 오셨습니다. 인사 나눠 주세요!",
        "이벤트 당첨자는 금요일까지 연락 주세요.",
        "입장하시면 먼저 공지를 읽어 주세요.",
    ],
    chat: [
        "안녕하세요!",
        "소리가 안 들려요",
        "ㅋㅋㅋㅋㅋ",
        "오늘 방송 너무 재밌어요",
        "다시보기는 언제 올라오나요?",
        "처음 왔어요, 반갑습니다.",
        "화면이 멈췄어요",
        "내일 또 만나요~",
    ],
    tags: ["드라마", "음악", "뉴스", "스포츠", "수다", "라이브"],
};

static ARABIC: Phrases = Phrases {
    about: [
        "غرفة للحديث عن البرامج ومتابعة البث المباشر، وأهلًا بالجميع.",
        "نبثّ كل مساء عند الساعة الثامنة، ونعيد الحلقة في اليوم التالي.",
        "أخبار المدينة أولًا بأول، مع ذكر المصدر دائمًا.",
        "نقاش هادئ حول المسلسلات؛ الرجاء عدم حرق الأحداث.",
        "موسيقى طوال اليوم، واطلب ما تحب في التعليقات.",
        "مشجّعو كل الفرق هنا إخوة، فلنستمتع بالمباراة.",
    ],
    notice: [
        "يُمنع الإعلان والتكرار، والمخالف يُكتم.",
        "صيانة الليلة من الساعة 11 إلى 12، وقد ينقطع البث قليلًا.",
        "انضمّ إلينا مشرفان جديدان، رحّبوا بهما.",
        "موعدنا القادم يوم الجمعة بعد صلاة العصر.",
        "الرجاء قراءة القواعد قبل الكتابة، وشكرًا لتعاونكم.",
    ],
    chat: [
        "السلام عليكم",
        "الصوت منخفض قليلًا",
        "بث رائع اليوم 👏",
        "متى تكون الإعادة؟",
        "أول مرة أزوركم، أهلًا",
        "الصورة توقفت عندي",
        "ههههه",
        "تصبحون على خير",
    ],
    tags: ["مباشر", "أخبار", "رياضة", "موسيقى", "مسلسلات", "دردشة"],
};

static RUSSIAN: Phrases = Phrases {
    about: [
        "Смотрим эфир вместе и обсуждаем программы. Новичкам рады.",
        "Каждый вечер в восемь, повтор на следующее утро.",
        "Новости города и прогноз погоды без лишних слов.",
        "Разговоры о сериалах; спойлеры просим прятать.",
        "Музыка весь день, заявки принимаем в чате.",
        "Болеем за своих и уважаем соперников.",
    ],
    notice: [
        "Реклама и флуд удаляются без предупреждения.",
        "Сегодня с 23:00 до полуночи технические работы.",
        "У нас два новых модератора, знакомьтесь!",
        "Следующий эфир в субботу в семь вечера.",
        "Прежде чем писать, прочитайте, пожалуйста, правила.",
    ],
    chat: [
        "Всем привет!",
        "У меня звук отстаёт",
        "Отличный эфир, спасибо",
        "А запись будет?",
        "Первый раз здесь, не ругайте :)",
        "Картинка зависла",
        "ахахах",
        "До завтра, спокойной ночи",
    ],
    tags: ["эфир", "новости", "музыка", "спорт", "сериалы", "общение"],
};

static GERMAN: Phrases = Phrases {
    about: [
        "Wir schauen gemeinsam und reden darüber. Neue sind willkommen.",
        "Jeden Abend ab acht, am Wochenende schon ab sechs.",
        "Nachrichten aus der Region, mit Quellenangabe.",
        "Hier geht es um Serien. Bitte nichts verraten, bevor die Folge gelaufen ist.",
        "Den ganzen Tag Musik; Wünsche gern in den Chat.",
        "Fußball, Handball, Eishockey: Hauptsache fair.",
    ],
    notice: [
        "Werbung und Wiederholungen werden kommentarlos gelöscht.",
        "Heute von 23 Uhr bis Mitternacht Wartungsarbeiten.",
        "Zwei neue Moderatorinnen sind da, sagt hallo!",
        "Die nächste Sendung läuft am Samstag um 19 Uhr.",
        "Bitte vor dem Schreiben die Regeln lesen, danke.",
    ],
    chat: [
        "Moin zusammen!",
        "Bei mir ruckelt das Bild",
        "Großartige Sendung heute",
        "Gibt es das später als Aufzeichnung?",
        "Bin zum ersten Mal hier",
        "Ton ist zu leise",
        "haha, stimmt",
        "Gute Nacht und bis morgen",
    ],
    tags: ["Sendung", "Nachrichten", "Musik", "Sport", "Serien", "Plausch"],
};

static ENGLISH: Phrases = Phrases {
    about: [
        "Watch along and talk about the show. Newcomers welcome.",
        "On air every evening from eight; highlights follow the next day.",
        "Local news and weather. Please name your source.",
        "For people who love series. No spoilers before the episode has ended, please.",
        "Music all day long. Ask for a song in the chat.",
        "Match day room: cheer for your side, be kind to the other.",
    ],
    notice: [
        "Adverts and flooding are removed without warning.",
        "Maintenance tonight from 11 pm to midnight; the stream will pause.",
        "Two new managers have joined us. Say hello!",
        "The next show is on Saturday at seven.",
        "Please read the rules before you write. Thank you!",
    ],
    chat: [
        "hi everyone",
        "is the picture frozen for anyone else?",
        "Great show tonight!",
        "Will there be a replay?",
        "First time here, hello from Lisbon",
        "sound is half a second late",
        "lol",
        "good night, see you tomorrow 👋",
    ],
    tags: ["live", "talk", "replay", "series", "match day", "requests"],
};
