//! Tests of the codec.

use proptest::prelude::*;

use super::*;
use crate::value::GeoPoint;

fn values() -> impl Strategy<Value = Vec<(FieldNumber, Value)>> {
    let value = prop_oneof![
        any::<bool>().prop_map(Value::Bool),
        any::<f64>()
            .prop_filter("finite", |number| number.is_finite())
            .prop_map(Value::Number),
        ".{0,40}".prop_map(Value::Text),
        prop::collection::vec(".{0,10}", 0..4).prop_map(Value::List),
        (-180.0..180.0, -90.0..90.0).prop_map(|(lon, lat)| Value::GeoPoint(GeoPoint { lon, lat })),
        "[0-9]{1,5}".prop_map(Value::Json),
    ];
    prop::collection::btree_map(1_u16..400, value, 0..12).prop_map(|map| {
        map.into_iter()
            .map(|(number, value)| (FieldNumber(number), value))
            .collect()
    })
}

fn build(rowid: u64, revision: u64, values: &[(FieldNumber, Value)]) -> Record {
    Record::build(
        rowid,
        revision,
        values.iter().map(|(number, value)| (*number, value)),
    )
}

proptest! {
    #[test]
    fn round_trip(rowid: u64, revision: u64, values in values(), absent in 400_u16..500) {
        let built = build(rowid, revision, &values);
        let record = Record::open(built.as_bytes()).unwrap();
        prop_assert_eq!(record.rowid(), rowid);
        prop_assert_eq!(record.revision(), revision);
        for (number, value) in &values {
            prop_assert_eq!(record.value(*number).map(ValueRef::to_owned), Some(value.clone()));
            prop_assert_eq!(record.value(*number), Some(value.as_ref()));
        }
        prop_assert_eq!(record.value(FieldNumber(absent)), None);
        let all = record.values().map(|(number, value)| (number, value.to_owned()));
        let all: Vec<_> = all.collect();
        prop_assert_eq!(&all, &values);
        prop_assert_eq!(Record::build_from_refs(rowid, revision, record.values()), built);
    }

    #[test]
    fn a_flipped_bit_is_found(values in values(), place: prop::sample::Index, bit in 0_u8..8) {
        let mut bytes = build(7, 9, &values).as_bytes().to_vec();
        let at = place.index(bytes.len());
        bytes[at] ^= 1 << bit;
        prop_assert!(RecordRef::open(&bytes).is_err());
    }

    #[test]
    fn a_cut_or_longer_record_is_found(values in values(), place: prop::sample::Index) {
        let mut bytes = build(7, 9, &values).as_bytes().to_vec();
        prop_assert!(RecordRef::open(&bytes[..place.index(bytes.len())]).is_err());
        bytes.push(0);
        prop_assert!(RecordRef::open(&bytes).is_err());
    }

    #[test]
    fn arbitrary_bytes_never_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Some(version) = bytes.first_mut() {
            *version = 1;
        }
        let _ = RecordRef::open(&bytes);
    }

    /// Even with a checksum that holds, what opens can be read to the end.
    #[test]
    fn resealed_damage_never_panics(
        values in values(),
        place: prop::sample::Index,
        byte: u8,
        asked: u16,
    ) {
        let mut bytes = build(7, 9, &values).as_bytes().to_vec();
        let at = place.index(bytes.len());
        bytes[at] = byte;
        encode::seal(&mut bytes);
        if let Ok(record) = RecordRef::open(&bytes) {
            let mut out = Vec::new();
            let listed = record.values().count();
            prop_assert_eq!(listed, usize::from(u16::from_le_bytes([bytes[21], bytes[22]])));
            for (_, value) in record.values() {
                write_value_json(value, &mut out);
            }
            let _ = record.value(FieldNumber(asked));
        }
    }

    #[test]
    fn texts_and_numbers_are_json(text in "\\PC{0,30}|[\\x00-\\x20\"\\\\]{0,9}", number: f64) {
        let mut out = Vec::new();
        write_text_json(&text, &mut out);
        prop_assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
        out.clear();
        write_number_json(number, &mut out);
        if number.is_finite() {
            prop_assert_eq!(serde_json::from_slice::<f64>(&out).unwrap(), number);
        } else {
            prop_assert_eq!(out, b"null");
        }
    }
}

#[test]
fn reasons_of_damage() {
    let bytes = build(1, 2, &[(FieldNumber(1), Value::from("abc"))])
        .as_bytes()
        .to_vec();
    let reason = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = bytes.clone();
        change(&mut bytes);
        RecordRef::open(&bytes).unwrap_err()
    };
    assert_eq!(reason(&|bytes| bytes.clear()), DamagedRecord::CutShort(0));
    assert_eq!(
        reason(&|bytes| bytes.truncate(20)),
        DamagedRecord::CutShort(20)
    );
    assert_eq!(
        reason(&|bytes| bytes[0] = 9),
        DamagedRecord::UnknownVersion(9)
    );
    assert_eq!(reason(&|bytes| bytes[1] ^= 1), DamagedRecord::Checksum);
    assert_eq!(
        reason(&|bytes| bytes.truncate(bytes.len() - 1)),
        DamagedRecord::Checksum
    );
    let malformed = |change: &dyn Fn(&mut Vec<u8>)| {
        reason(&|bytes| {
            change(bytes);
            encode::seal(bytes);
        })
    };
    assert_eq!(
        malformed(&|bytes| bytes[25] = 200),
        DamagedRecord::Malformed(1)
    );
    assert_eq!(
        malformed(&|bytes| bytes[25] = 2),
        DamagedRecord::Malformed(1)
    );
    assert_eq!(
        malformed(&|bytes| bytes[26] = 4),
        DamagedRecord::Malformed(1)
    );
    assert_eq!(
        malformed(&|bytes| bytes[30] = 0xff),
        DamagedRecord::Malformed(1)
    );
    assert!(matches!(
        malformed(&|bytes| bytes[26] = 2),
        DamagedRecord::CutShort(_)
    ));
    assert!(matches!(
        malformed(&|bytes| bytes[21] = 9),
        DamagedRecord::CutShort(_)
    ));
}

#[test]
fn the_last_of_two_values_counts() {
    let twice = [
        (FieldNumber(3), Value::from("a")),
        (FieldNumber(3), Value::from("b")),
    ];
    assert_eq!(build(1, 1, &twice).text(FieldNumber(3)), "b");
}

#[test]
fn the_guard_prefix_names_the_revision_alone() {
    let one = [(ID_FIELD, Value::from("a"))];
    let other = [(ID_FIELD, Value::from("b"))];
    assert_eq!(
        build(1, 5, &one).guard_prefix(),
        build(2, 5, &other).guard_prefix()
    );
    assert_ne!(
        build(1, 5, &one).guard_prefix(),
        build(1, 6, &one).guard_prefix()
    );
    assert_eq!(build(1, 5, &one).guard_prefix().len(), GUARD_BYTES);
    assert_eq!(build(1, 5, &one).id(), "a");
}

#[test]
fn json_as_the_contract_writes_it() {
    let point = GeoPoint {
        lon: -0.5,
        lat: 10.0,
    };
    for (value, json) in [
        (Value::Bool(true), "true"),
        (Value::Number(0.0), "0"),
        (Value::Number(-5.0), "-5"),
        (Value::Number(1.5), "1.5"),
        (Value::Number(0.1), "0.1"),
        (Value::Number(1e20), "100000000000000000000"),
        (Value::Number(1e21), "1e+21"),
        (Value::Number(1e-6), "0.000001"),
        (Value::Number(1e-7), "1e-7"),
        (Value::Number(-1.5e-9), "-1.5e-9"),
        (Value::Number(1e308), "1e+308"),
        (
            Value::Number(12_345_678_901_234_567_890.0),
            "12345678901234567000",
        ),
        (Value::Number(9_007_199_254_740_993.0), "9007199254740992"),
        (Value::Number(-0.0), "-0"),
        (
            Value::from("<>&\u{2028}\u{7f}\u{1}\u{8}\u{c}/é\"\\\n"),
            "\"<>&\u{2028}\u{7f}\\u0001\\b\\f/é\\\"\\\\\\n\"",
        ),
        (Value::List(vec![]), "[]"),
        (
            Value::List(vec!["a".to_owned(), "b\t".to_owned()]),
            "[\"a\",\"b\\t\"]",
        ),
        (Value::GeoPoint(point), "{\"lon\":-0.5,\"lat\":10}"),
        (Value::Json("{\"b\":1.50}".to_owned()), "{\"b\":1.50}"),
    ] {
        let mut out = Vec::new();
        write_value_json(value.as_ref(), &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), json, "{value:?}");
    }
}

#[test]
fn the_debug_form_shows_no_values() {
    let secret = (FieldNumber(2), Value::from("a secret"));
    let record = build(3, 4, &[(ID_FIELD, Value::from("abc")), secret]);
    for shown in [
        format!("{record:?}"),
        format!("{:?}", record.as_ref()),
        format!("{record:#?}"),
    ] {
        assert!(shown.contains("abc"), "{shown}");
        assert!(
            !shown.contains("secret") && !shown.contains("115"),
            "{shown}"
        );
    }
}
