//! Texts that are nearly right: made from a grammar, then damaged.

use luge_tests::random::Random;

const NAMES: &[&str] = &[
    "id",
    "title",
    "n",
    "flag",
    "day",
    "one",
    "some",
    "data",
    "place",
    "hidden",
    "parent",
    "others",
    "author",
    "email",
    "verified",
    "posts",
    "people",
    "posts_via_author",
    "posts_via_parent",
    "posts_via_others",
    "@request",
    "auth",
    "body",
    "query",
    "headers",
    "context",
    "method",
    "@collection",
    "a",
    "b",
    "0",
    "é",
    "_",
    "lon",
    "lat",
    "collectionId",
    "collectionName",
    "expand",
    "titel",
    "@rowid",
    "@random",
    "password",
    "tokenKey",
];
const PATHS: &[&str] = &[
    "title",
    "n",
    "flag",
    "day",
    "one",
    "some",
    "some:each",
    "some:length",
    "data.a",
    "data.b.0",
    "place.lon",
    "title:lower",
    "author",
    "author.title",
    "author.email",
    "parent.parent.title",
    "others.n",
    "others.others.some:each",
    "posts_via_parent.title",
    "author.posts_via_author.n",
    "parent.posts_via_others.author.verified",
    "@rowid",
];
const RULE_PATHS: &[&str] = &[
    "@request.auth.id",
    "@request.auth.posts_via_author.n",
    "@request.body.n",
    "@request.body.author.title",
    "@request.body.title:isset",
    "@request.body.some:each",
    "@request.body.n:changed",
    "@request.query.a",
    "@request.headers.b",
    "@request.method",
    "@collection.posts.title",
    "@collection.people:x.id",
    "hidden",
];
const GOOD_LITERALS: &[&str] = &[
    "1", "-2.5", "\"a\"", "'%'", "null", "true", "@now", "'p2'", "\"\"",
];
const MODIFIERS: &[&str] = &[
    "",
    "",
    "",
    "",
    ":lower",
    ":length",
    ":each",
    ":isset",
    ":changed",
    ":x",
    ":other",
    ":excerpt(3)",
    ":excerpt(200,true)",
    ":excerpt(-1)",
    ":excerpt(99999999999999999999)",
    ":",
];
const LITERALS: &[&str] = &[
    "1",
    "-2.5",
    "1e400",
    "0",
    "00",
    "\"\"",
    "\"a\"",
    "'%'",
    "\"\\u00e9\"",
    "\"\\u12\"",
    "'it\\'s'",
    "null",
    "true",
    "false",
    "@now",
    "@todayStart",
    "@year",
    "@nothing",
    "\"2024-02-29\"",
    "'2024-01-02 03:04:05.678Z'",
    "\"%_\\\\%\"",
    "9007199254740993",
    ".5",
    "5.",
];
const OPERATORS: &[&str] = &[
    "=", "!=", ">", ">=", "<", "<=", "~", "!~", "?=", "?!=", "?>", "?>=", "?<", "?<=", "?~", "?!~",
    "==", "<>", "!", "?",
];
const JOINS: &[&str] = &[" && ", " || ", "&&", "||", " & ", " // note\n|| "];
const ODD: &[char] = &[
    '(',
    ')',
    '"',
    '\'',
    '\\',
    '.',
    ':',
    ',',
    '@',
    '\0',
    '\n',
    '%',
    '_',
    '-',
    '+',
    '?',
    '*',
    ' ',
    '0',
    '9',
    'e',
    'é',
    '\u{301}',
    '\u{1F600}',
    '\u{FFFF}',
    '/',
    '&',
    '|',
    '=',
    '<',
    '>',
    '~',
    '#',
    '{',
];

/// A filter that is well-formed three times in four, or was before it was damaged.
pub(crate) fn filter(random: &mut Random) -> String {
    let mut text = String::new();
    let careful = random.below(4) > 0;
    expression(random, careful, 4, &mut text);
    damaged(random, text)
}

/// A sort.
pub(crate) fn sort(random: &mut Random) -> String {
    let key = |random: &mut Random, text: &mut String| {
        if random.below(3) > 0 {
            text.push_str(pick(random, &["", "-", "+"]));
            text.push_str(pick(random, PATHS));
        } else {
            text.push_str(pick(random, &["", "-", "+", "--", " -", "- "]));
            path(random, text);
        }
    };
    list(random, key)
}

/// An expand.
pub(crate) fn expand(random: &mut Random) -> String {
    list(random, path)
}

/// What searches are made of.
const SEARCH_PARTS: &[&str] = &[
    "running",
    "l'avion",
    "IŞIK",
    "Straße",
    "cafe\u{301}",
    "東京都",
    "한국어",
    "ที่นี่",
    "привет",
    "so\u{AD}ft",
    "x",
    "user@example.com",
    "3.14",
    "-",
    "-word",
    "\"",
    "\"wide world\"",
    "“",
    "”",
    "title:",
    "author.title:",
    "owner:",
    "title:\"",
    "'",
    ":",
    "*",
    "~2",
    "(",
    ")",
    "\\",
    "🙂",
    "AND",
    "\u{301}",
    "\u{200D}",
];

/// Wanted fields.
pub(crate) fn fields(random: &mut Random) -> String {
    let field = |random: &mut Random, text: &mut String| {
        if random.below(4) == 0 {
            text.push_str(pick(
                random,
                &["*", "expand.*", "*.title", "data.*.a", "**"],
            ));
            text.push_str(pick(random, MODIFIERS));
        } else {
            path(random, text);
        }
    };
    list(random, field)
}

/// What is searched for.
pub(crate) fn search(random: &mut Random) -> String {
    // Now and then far more than there may be.
    let most = if random.below(50) == 0 { 300 } else { 8 };
    let mut text = String::new();
    for _ in 0..random.below(most) {
        let space = pick(
            random,
            &[" ", " ", " ", "", "  ", "\t", "\u{0}", "\u{200B}"],
        );
        text.push_str(space);
        text.push_str(pick(random, SEARCH_PARTS));
    }
    damaged(random, text)
}

fn list(random: &mut Random, part: impl Fn(&mut Random, &mut String)) -> String {
    let mut text = String::new();
    // Now and then far more than there may be.
    let most = if random.below(50) == 0 { 300 } else { 5 };
    for number in 0..random.below(most) {
        if number > 0 {
            text.push_str(pick(random, &[",", ",", ", ", ",,", " ,"]));
        }
        part(random, &mut text);
    }
    damaged(random, text)
}

fn expression(random: &mut Random, careful: bool, depth: u64, text: &mut String) {
    let parts = 1 + random.below(if depth == 0 { 1 } else { 4 });
    for number in 0..parts {
        if number > 0 {
            text.push_str(pick(random, if careful { &JOINS[..4] } else { JOINS }));
        }
        if depth > 0 && random.below(4) == 0 {
            let nested = if !careful && random.below(40) == 0 {
                60
            } else {
                1
            };
            text.push_str(&"(".repeat(nested));
            expression(random, careful, depth - 1, text);
            text.push_str(&")".repeat(nested));
        } else {
            operand(random, careful, 3, text);
            text.push_str(pick(random, &["", " "]));
            text.push_str(pick(
                random,
                if careful { &OPERATORS[..16] } else { OPERATORS },
            ));
            text.push_str(pick(random, &["", " "]));
            operand(random, careful, 3, text);
        }
    }
}

fn operand(random: &mut Random, careful: bool, depth: u64, text: &mut String) {
    match random.below(10) {
        0..=3 if careful => text.push_str(pick(random, PATHS)),
        4 if careful && depth > 0 => call(random, careful, depth, text),
        5 if careful => text.push_str(pick(random, RULE_PATHS)),
        _ if careful => text.push_str(pick(random, GOOD_LITERALS)),
        0..=4 => path(random, text),
        5 if depth > 0 => call(random, careful, depth, text),
        _ => text.push_str(pick(random, LITERALS)),
    }
}

fn call(random: &mut Random, careful: bool, depth: u64, text: &mut String) {
    if careful {
        let calls = [
            "geoDistance(place.lon, place.lat, 1, 2)",
            "geoDistance(author.posts_via_author.place.lon, n, -180, 90)",
            "strftime('%Y-%m', day)",
            "strftime('%s', day, '+1 month', 'start of day')",
            "strftime('%W', '2024-12-31 23:59:60Z', '-1.5 years')",
        ];
        return text.push_str(pick(random, &calls));
    }
    text.push_str(pick(random, &["geoDistance", "strftime", "lower", "f"]));
    text.push('(');
    for number in 0..random.below(6) {
        if number > 0 {
            text.push(',');
        }
        operand(random, careful, depth - 1, text);
    }
    text.push(')');
}

fn path(random: &mut Random, text: &mut String) {
    let most = if random.below(30) == 0 { 12 } else { 4 };
    for number in 0..1 + random.below(most) {
        if number > 0 {
            text.push('.');
        }
        text.push_str(pick(random, NAMES));
    }
    text.push_str(pick(random, MODIFIERS));
}

/// Half of the texts stay as they are; the others lose, gain, double or swap a few characters.
fn damaged(random: &mut Random, text: String) -> String {
    if random.below(2) == 0 {
        return text;
    }
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..1 + random.below(4) {
        let at = below(random, chars.len() + 1);
        let to = at + below(random, 12.min(chars.len() - at) + 1);
        match random.below(5) {
            0 => drop(chars.drain(at..to)),
            1 => chars.insert(at, pick(random, ODD)),
            2 => {
                let part = chars[at..to].to_vec();
                chars.splice(at..at, part);
            }
            3 => chars[at..to].reverse(),
            _ => {
                let count = if random.below(100) == 0 { 4_000 } else { 5 };
                let odd = pick(random, ODD);
                chars.splice(at..at, std::iter::repeat_n(odd, count));
            }
        }
    }
    chars.into_iter().collect()
}

fn pick<T: Copy>(random: &mut Random, from: &[T]) -> T {
    from[below(random, from.len())]
}

fn below(random: &mut Random, count: usize) -> usize {
    usize::try_from(random.below(count as u64)).unwrap_or(0)
}
