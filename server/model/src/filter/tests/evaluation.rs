//! What filters accept, row by row.

use super::{accepted, kit, kit_records};

const ALL: &str = "r1 r2 r3 r4 r5 r6 r7 r8 r9";

fn check(rows: &[(&str, &str)]) {
    let collection = kit();
    let records = kit_records(&collection);
    for (filter, ids) in rows {
        assert_eq!(accepted(&collection, &records, filter), *ids, "{filter}");
    }
}

#[test]
fn texts() {
    check(&[
        ("title = \"x\"", ""),
        ("title = \"hello\"", ""),
        ("title = \"Hello\"", "r1"),
        ("title = \"\"", "r3"),
        ("title = null", "r3"),
        ("null = title", "r3"),
        ("title != \"x\"", ALL),
        ("title != \"\"", "r1 r2 r4 r5 r6 r7 r8 r9"),
        ("title > \"\"", "r1 r2 r4 r5 r6 r7 r8 r9"),
        ("title < \"\"", ""),
        ("title < null", ""),
        ("title >= null", ""),
        ("title > \"hello world\"", "r6"),
        // A text column makes a text of a number, with its decimal point.
        ("title = 5", "r8"),
        ("5 = title", "r8"),
        ("title = true", ""),
        ("title:lower = \"hello\"", "r1"),
        ("title:lower = 5", ""),
        ("title:lower = null", "r3"),
        ("title:each = \"Hello\"", "r1"),
        ("title:length = \"Hello\"", "r1"),
        ("title = title", ALL),
        ("title != title", ""),
        ("title = n", ""),
        ("title > n", "r1 r2 r3 r5 r6 r7 r8 r9"),
        ("id = \"r1\" || id = 'r3'", "r1 r3"),
        ("id = \"R1\"", ""),
        ("hid = \"secret\"", "r1"),
        ("title = \"a\\nb\\\"q'\\\\z\"", "r7"),
        ("title = 'a\\nb\"q\\'\\\\z'", ""),
        ("title ~ '\\'\\\\z'", "r7"),
    ]);
}

#[test]
fn numbers_and_flags() {
    check(&[
        ("n = 5", "r4"),
        ("n = 5 && n > -.5", "r4"),
        ("n = \"5\"", "r4"),
        ("n = ' 5 '", "r4"),
        ("n = \"5x\"", ""),
        ("n = null", ""),
        ("n = \"\"", ""),
        ("n != null", ALL),
        ("n != 5", "r1 r2 r3 r5 r6 r7 r8 r9"),
        ("n = 0", "r3"),
        ("n < 0", "r2"),
        ("n > \"5\"", "r5 r6 r9"),
        ("n < \"5\"", "r1 r2 r3 r7 r8"),
        // Every number is below every text.
        ("n < \"abc\"", ALL),
        ("n > \"abc\"", ""),
        ("n >= 1.5", "r4 r5 r6 r8 r9"),
        ("b = true", "r1 r8"),
        ("b = 1", "r1 r8"),
        ("b = \"1\"", "r1 r8"),
        ("b = \"true\"", ""),
        ("b = 2", ""),
        ("b = False", "r2 r3 r4 r5 r6 r7 r9"),
        ("b = null", ""),
        ("1 = 1", ALL),
        ("1 = 2", ""),
        ("1 = \"1\"", ""),
        ("null = null", ALL),
        ("null = 0", ""),
        ("null != 0", ALL),
        ("null > 0", ""),
    ]);
}

#[test]
fn likeness() {
    check(&[
        ("title ~ \"HELLO\"", "r1 r2"),
        ("title ~ \"h_llo\"", ""),
        ("title ~ \"h_llo%\"", "r1 r2"),
        ("title ~ \"a%\"", "r7"),
        ("title ~ \"\\%\"", "r5 r9"),
        ("title ~ \"50\\%%\"", "r5"),
        ("title ~ \"\\\\\"", "r7"),
        ("title ~ \"ä\"", ""),
        ("title ~ \"Ö\"", "r6"),
        ("title ~ \"\"", ALL),
        ("title ~ null", ""),
        ("title !~ null", ""),
        ("title !~ \"l\"", "r3 r4 r5 r6 r7 r8 r9"),
        ("title ~ 5", "r4 r5 r8"),
        ("title ~ n", "r4 r5"),
        ("title ~ title", "r1 r2 r3 r4 r5 r6 r8 r9"),
        ("n ~ \"e\"", "r6"),
        ("n ~ 1", "r1 r6 r7 r8 r9"),
        ("b ~ 1", "r1 r8"),
        ("j ~ 5", "r1 r4 r7"),
        ("\"abc\" ~ \"B\"", ALL),
        ("\"abc\" ~ title", "r3 r9"),
        ("\"x\" !~ null", ""),
    ]);
}

#[test]
fn several_values() {
    check(&[
        ("sm = \"a\"", ""),
        ("sm ?= \"a\"", ""),
        ("sm = '[\"a\",\"b\"]'", "r1"),
        ("sm = \"[]\"", "r3 r5 r6 r7 r8 r9"),
        ("sm = \"\"", ""),
        ("sm ~ \"a\"", "r1 r2"),
        ("sm:each = \"a\"", "r2"),
        ("sm:each ?= \"a\"", "r1 r2"),
        ("sm:each != \"a\"", "r3 r4 r5 r6 r7 r8 r9"),
        ("sm:each ?!= \"a\"", "r1 r3 r4 r5 r6 r7 r8 r9"),
        ("sm:each = \"\"", "r3 r5 r6 r7 r8 r9"),
        ("sm:each ~ \"a\"", "r2"),
        ("sm:each !~ \"a\"", "r4"),
        ("sm:each ?!~ \"a\"", "r1 r4"),
        ("sm:each > \"a\"", "r4"),
        ("sm:each = title", "r3"),
        ("sm:each = sm:each", "r2 r3 r5 r6 r7 r8 r9"),
        ("sm:each ?= sm:each", ALL),
        ("sm:length > 1", "r1 r4"),
        ("sm:length = 0", "r3 r5 r6 r7 r8 r9"),
        ("sm:length = \"\"", ""),
        ("sm:lower = '[\"a\"]'", "r2"),
        ("s1:each = \"a\"", "r1"),
        ("s1:length = 1", "r1 r4"),
        ("s1 = \"\"", "r2 r3 r5 r6 r7 r8 r9"),
    ]);
}

#[test]
fn json_and_places() {
    check(&[
        ("j = 5", "r4 r7"),
        ("j = \"5\"", ""),
        ("j = null", "r3 r8"),
        ("j = \"\"", "r9"),
        ("j != 5", "r1 r2 r3 r5 r6 r8 r9"),
        ("j = true", "r6"),
        ("j = \"[1,2,3]\"", "r2"),
        ("j = j", ALL),
        ("j = title", "r4"),
        ("j:lower = \"text\"", "r5"),
        ("j:each = 5", "r4 r7"),
        ("j.a = 1", "r1"),
        ("j.a = \"1\"", ""),
        ("j.a = null", "r2 r3 r4 r5 r6 r7 r8 r9"),
        ("j.a = \"\"", ""),
        ("j.a != \"\"", ALL),
        ("j.a > null", ""),
        ("j.b:lower = \"x\"", "r1"),
        ("j.c.1 = \"two\"", "r1"),
        ("j.c.2 = null", ALL),
        ("j.c.3 = true", "r1"),
        ("j.c.4.k = \"v\"", "r1"),
        ("j.c.k = \"v\"", ""),
        ("j.0 = 1", "r2"),
        ("j.s = \"5\"", "r1"),
        ("j.s = 5", ""),
        ("g.lon > 5", "r1"),
        ("g.lat = -20", "r1"),
        ("g.lon = \"\"", ""),
        ("g.foo = null", ALL),
        ("g = \"\"", ""),
        ("g = '{\"lon\":10.5,\"lat\":-20}'", "r1"),
        ("g.lon = n", "r3"),
        ("geoDistance(g.lon, g.lat, 10.5, -20) < 1", "r1"),
        (
            "geoDistance(g.lon, g.lat, 0, 0) = 0",
            "r2 r3 r4 r5 r6 r7 r8 r9",
        ),
        ("geoDistance(null, 2, 3, 4) < 1", ""),
        ("geoDistance(title, 1, 2, 3) > 1", "r4 r8"),
        ("geoDistance(0, 0, 0, 1) = null", ""),
    ]);
}

#[test]
fn dates() {
    check(&[
        ("d > \"2024-01-01\"", "r1 r5"),
        ("d = \"2024-01-02 03:04:05.678Z\"", "r1"),
        ("d > \"2024-01-02T00:00:00.000Z\"", "r5"),
        ("d > @now", "r5"),
        ("d >= @yearStart && d <= @yearEnd", "r1"),
        ("@year = 2024 && @month = 2 && @day = 29", ALL),
        ("@weekday = 4", ALL),
        ("@weekday != 4", ""),
        ("strftime(\"%Y\", d) = \"2024\"", "r1"),
        ("strftime('%Y', d) = 2024", ""),
        ("strftime(\"%Y\", d) = \"\"", "r2 r3 r4 r6 r7 r8 r9"),
        ("strftime(\"%Y\", d) != \"2024\"", "r2 r3 r4 r5 r6 r7 r8 r9"),
        ("strftime(\"%Y-%m\", d, \"+1 month\",) = \"2024-02\"", "r1"),
        ("strftime(\"%Y-%m-%d\") = \"2024-02-29\"", ALL),
        ("strftime(\"%Y\", 0, \"unixepoch\") = \"1970\"", ALL),
        ("strftime(\"%Q\", d) = null", ALL),
        ("strftime(\"%Y\", sm:each) = \"\"", ALL),
    ]);
}

#[test]
fn joins_and_comments() {
    check(&[
        ("n=5||n=1", "r1 r4"),
        ("n=1||n=5&&title=\"zzz\"", "r1"),
        ("(n=1||n=5)&&title=\"zzz\"", ""),
        ("n=2&&n=1||n=1", "r1"),
        ("n=1 // && n=2", "r1"),
        ("n=1 // c\n&& title=\"x\"", ""),
        ("((n=1))", "r1"),
        ("n\t=\n1", "r1"),
        ("n=-2.5", "r2"),
        ("n = 00005", "r4"),
    ]);
}

/// Moments and what SQLite made of them.
/// Arguments of strftime and its result.
const TIMES: &[(&str, &str)] = &[
    (
        "'%d %e %f %j %s', '2024-01-02 03:04:05.678Z'",
        "02  2 05.678 002 1704164645",
    ),
    ("'%G-W%V-%u %g', '2021-01-03'", "2020-W53-7 20"),
    ("'%U %W %w', '2023-01-01'", "01 00 0"),
    (
        "'%H %I %k %l %p %P', '2024-01-02 00:30'",
        "00 12  0 12 AM am",
    ),
    (
        "'%F %T %R %%', '2024-01-02T15:04:05'",
        "2024-01-02 15:04:05 15:04 %",
    ),
    ("'%J', '2024-01-02 12:00'", "2460312"),
    ("'%F', '2024-01-31', '+1 month'", "2024-03-02"),
    ("'%F', '2024-01-31', '+1 month', 'floor'", "2024-02-29"),
    ("'%F', '2024-02-29', '+1 year'", "2025-03-01"),
    (
        "'%F', '2024-05-05', 'start of month', '+1 month', '-1 day'",
        "2024-05-31",
    ),
    ("'%F', '2024-05-05', 'weekday 2'", "2024-05-07"),
    ("'%F %T', '2024-01-02', '-01:30'", "2024-01-01 22:30:00"),
    ("'%F', '2024-01-02', '+0001-02-03'", "2025-03-05"),
    (
        "'%F %T', '2024-01-02 03:04:05+02:00'",
        "2024-01-02 01:04:05",
    ),
    ("'%F', 2460000.5", "2023-02-25"),
    ("'%F', 1700000000, 'auto'", "2023-11-14"),
    (
        "'%s', '2024-01-02 03:04:05.678', 'subsec'",
        "1704164645.678",
    ),
    ("'%T', '12:34'", "12:34:00"),
    ("'%F', '2024-02-30'", "2024-03-01"),
    ("'%f', '2024-01-02 03:04:05.9999'", "05.999"),
];

#[test]
fn times() {
    let collection = kit();
    let records = kit_records(&collection);
    for (arguments, text) in TIMES {
        let filter = format!("strftime({arguments}) = '{text}'");
        assert_eq!(accepted(&collection, &records, &filter), ALL, "{filter}");
    }
    for arguments in [
        "'%F', '2024-13-01'",
        "'%F', '2024-1-1'",
        "'%F', '2024-01-32'",
        "'%F', '24-01-01'",
        "'%F', 'tomorrow'",
        "'%F', ''",
        "'%F', null",
        "'%F', -1",
        "'%F', 5373485",
        "'%F', '2024-01-01 3:04'",
        "'%F', '2024-01-01 25:00'",
        "'%F', '2024-01-01 x'",
        "'%F', '2024-01-01', '+1 week'",
        "'%F', '2024-01-01', '+1'",
        "'%F', '2024-01-01', 'day'",
        "'%F', '2024-01-01', 'weekday 7'",
        "'%F', '2024-01-01', 'weekday 1.5'",
        "'%F', '2024-01-01', 'start of week'",
        "'%F', '2024-01-01', '+9999 years'",
        "'%F', '2024-01-01', 'unixepoch'",
        "'%F', 0, '+1 day', 'unixepoch'",
        "'%Q', '2024-01-01'",
        "'%', '2024-01-01'",
    ] {
        let filter = format!("strftime({arguments}) = null");
        assert_eq!(accepted(&collection, &records, &filter), ALL, "{filter}");
    }
}
