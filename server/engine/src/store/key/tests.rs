//! The promises of keys as properties: order, no collisions, no leaks.

use std::cmp::Ordering;
use std::ops::Bound;

use luge_model::limits::TEXT_KEY_BYTES_MAX;
use proptest::prelude::*;

use super::*;
use crate::store::Direction;

#[derive(Clone, Debug, PartialEq)]
enum Owned {
    Null,
    Number(f64),
    Text(String),
}

impl Owned {
    fn component(&self) -> Component<'_> {
        match self {
            Self::Null => Component::Null,
            Self::Number(number) => Component::Number(*number),
            Self::Text(text) => Component::Text(text),
        }
    }

    /// The order as SQLite has it, told apart from the encoding.
    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Null, Self::Null) => Ordering::Equal,
            (Self::Null, _) => Ordering::Less,
            (_, Self::Null) => Ordering::Greater,
            (Self::Number(one), Self::Number(two)) => one.partial_cmp(two).unwrap(),
            (Self::Number(_), Self::Text(_)) => Ordering::Less,
            (Self::Text(_), Self::Number(_)) => Ordering::Greater,
            (Self::Text(one), Self::Text(two)) => one.as_bytes().cmp(two.as_bytes()),
        }
    }
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        Just(0.0),
        Just(-0.0),
        Just(f64::INFINITY),
        Just(f64::NEG_INFINITY),
        Just(f64::MIN_POSITIVE),
        (-5_i8..5).prop_map(f64::from),
        any::<f64>().prop_filter("a number", |number| !number.is_nan()),
    ]
}

/// Short texts over few characters, so that equal and neighbouring ones are drawn often.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[\u{0}\u{1}ab\u{7f}\u{ff}\u{10ffff}]{0,4}",
        "\\PC{0,12}",
        Just("a".repeat(TEXT_KEY_BYTES_MAX)),
        Just("a".repeat(TEXT_KEY_BYTES_MAX - 1)),
    ]
}

fn value() -> impl Strategy<Value = Owned> {
    prop_oneof![
        1 => Just(Owned::Null),
        3 => number().prop_map(Owned::Number),
        4 => text().prop_map(Owned::Text),
    ]
}

fn columns<'a>(values: &'a [Owned], descending: &[bool]) -> Vec<Column<'a>> {
    let pairs = values.iter().zip(descending);
    pairs
        .map(|(value, &descending)| Column {
            value: value.component(),
            descending,
        })
        .collect()
}

fn compare_tuples(one: &[Owned], two: &[Owned], descending: &[bool]) -> Ordering {
    for ((one, two), descending) in one.iter().zip(two).zip(descending) {
        let order = one.compare(two);
        if order.is_ne() {
            return if *descending { order.reverse() } else { order };
        }
    }
    Ordering::Equal
}

fn contains(range: &KeyRange, key: &Key) -> bool {
    range.start <= *key && *key < range.end
}

fn within(value: &Owned, lower: &Bound<Owned>, upper: &Bound<Owned>) -> bool {
    let above = match lower {
        Bound::Unbounded => true,
        Bound::Included(bound) => value.compare(bound).is_ge(),
        Bound::Excluded(bound) => value.compare(bound).is_gt(),
    };
    above
        && match upper {
            Bound::Unbounded => true,
            Bound::Included(bound) => value.compare(bound).is_le(),
            Bound::Excluded(bound) => value.compare(bound).is_lt(),
        }
}

fn bound() -> impl Strategy<Value = Bound<Owned>> {
    prop_oneof![
        Just(Bound::Unbounded),
        value().prop_map(Bound::Included),
        value().prop_map(Bound::Excluded),
    ]
}

const COLLECTION: CollectionNumber = CollectionNumber(7);
const INDEX: IndexNumber = IndexNumber(3);

proptest! {
    #[test]
    fn order_of_keys_is_order_of_values(
        one in prop::collection::vec(value(), 3),
        two in prop::collection::vec(value(), 3),
        descending in prop::collection::vec(any::<bool>(), 3),
        rows in (0_u64..3, 0_u64..3),
        ids in ("[a-c]{0,3}", "[a-c]{0,3}"),
    ) {
        let first = index_entry(COLLECTION, INDEX, &columns(&one, &descending), (rows.0, &ids.0));
        let second = index_entry(COLLECTION, INDEX, &columns(&two, &descending), (rows.1, &ids.1));
        let expected = compare_tuples(&one, &two, &descending)
            .then(rows.0.cmp(&rows.1))
            .then(ids.0.cmp(&ids.1));
        prop_assert_eq!(first.cmp(&second), expected);
    }

    #[test]
    fn entries_give_back_their_id(
        values in prop::collection::vec(value(), 0..4),
        descending in prop::collection::vec(any::<bool>(), 4),
        row in any::<u64>(),
        id in "\\PC{0,20}",
    ) {
        let key = index_entry(COLLECTION, INDEX, &columns(&values, &descending), (row, &id));
        prop_assert_eq!(index_entry_id(&key), Some(id.as_str()));
        prop_assert!(!has_truncated_text(&key));
        for length in 0..9 {
            prop_assert_eq!(index_entry_id(&key[..length]), None);
        }
    }

    #[test]
    fn tuples_of_different_lengths_do_not_collide(
        one in prop::collection::vec(value(), 0..4),
        two in prop::collection::vec(value(), 0..4),
        ids in (text(), text()),
    ) {
        let ascending = [false; 4];
        let same = one.len() == two.len()
            && compare_tuples(&one, &two, &ascending).is_eq();
        let first = index_entry(COLLECTION, INDEX, &columns(&one, &ascending), (1, &ids.0));
        let second = index_entry(COLLECTION, INDEX, &columns(&two, &ascending), (1, &ids.1));
        prop_assert_eq!(first == second, same && ids.0 == ids.1);
        let values = |tuple: &[Owned]| {
            let components: Vec<_> = tuple.iter().map(Owned::component).collect();
            unique_entry(COLLECTION, INDEX, &components)
        };
        prop_assert_eq!(values(&one) == values(&two), same);
    }

    #[test]
    fn a_reach_holds_exactly_what_lies_between_its_bounds(
        equal in value(),
        found in (value(), value()),
        lower in bound(),
        upper in bound(),
        descending in (any::<bool>(), any::<bool>()),
    ) {
        let first = Column { value: equal.component(), descending: descending.0 };
        let next = Reach {
            lower: lower.as_ref().map(Owned::component),
            upper: upper.as_ref().map(Owned::component),
            descending: descending.1,
        };
        let range = entries(&[first]).reach_range(&next);
        prop_assert!(range.start <= range.end);
        let directions = [descending.0, descending.1];
        let values = [found.0.clone(), found.1.clone()];
        let key = index_entry(COLLECTION, INDEX, &columns(&values, &directions), (1, "id"));
        let expected = found.0.compare(&equal).is_eq() && within(&found.1, &lower, &upper);
        prop_assert_eq!(contains(&range, &key), expected);
    }

    #[test]
    fn a_text_prefix_holds_exactly_the_texts_that_begin_with_it(
        beginning in "[\u{0}ab\u{ff}]{0,3}",
        found in value(),
        descending in any::<bool>(),
    ) {
        let range = entries(&[]).text_prefix_range(&beginning, descending);
        let column = Column { value: found.component(), descending };
        let key = index_entry(COLLECTION, INDEX, &[column], (1, "id"));
        let expected = matches!(&found, Owned::Text(text) if text.starts_with(&beginning));
        prop_assert_eq!(contains(&range, &key), expected);
    }

    #[test]
    fn a_group_is_cut_behind_and_before_a_record(
        values in prop::collection::vec(value(), 1..3),
        directions in any::<[bool; 2]>(),
        rowids in (any::<u64>(), any::<u64>()),
        id in text(),
    ) {
        let columns = columns(&values, &directions);
        let key = index_entry(COLLECTION, INDEX, &columns, (rowids.0, &id));
        let group = entries(&columns).group();
        prop_assert_eq!(index_entry_group(&key), Some(&*group));
        prop_assert!(contains(&prefix_range(&group), &key));
        let (after, before) = (group_after(&group, rowids.1), group_before(&group, rowids.1));
        prop_assert_eq!(contains(&after, &key), rowids.0 > rowids.1);
        prop_assert_eq!(contains(&before, &key), rowids.0 < rowids.1);
    }

    #[test]
    fn insertion_order_is_cut_behind_and_before_a_record(
        one in any::<u64>(),
        other in any::<u64>(),
    ) {
        let key = rowid(COLLECTION, one);
        let after = rowid_range_beyond(COLLECTION, other, Direction::Forward);
        let before = rowid_range_beyond(COLLECTION, other, Direction::Backward);
        prop_assert!(after.start <= after.end && before.start <= before.end);
        prop_assert_eq!(contains(&after, &key), one > other);
        prop_assert_eq!(contains(&before, &key), one < other);
    }

    #[test]
    fn no_range_leaves_its_collection(
        numbers in (any::<u32>(), any::<u32>()),
        near in any::<bool>(),
        id in text(),
        row in any::<u64>(),
        values in prop::collection::vec(value(), 0..3),
    ) {
        let one = CollectionNumber(numbers.0);
        let other = if near { one.0.wrapping_add(1) } else { numbers.1 };
        let other = CollectionNumber(other);
        prop_assume!(one != other);
        let foreign = keys_of(other, &id, row, &values);
        let own = keys_of(one, &id, row, &values);
        for (position, range) in collection_ranges(one).iter().enumerate() {
            prop_assert!(foreign.iter().all(|key| !contains(range, key)));
            for (place, key) in own.iter().enumerate() {
                prop_assert_eq!(contains(range, key), place == position);
            }
        }
        for range in [catalog_range(), work_range(), setting_range(), Keyspace::Change.range()] {
            prop_assert!(own.iter().all(|key| !contains(&range, key)));
        }
    }

    #[test]
    fn references_do_not_leak_into_another_target(one in text(), two in text(), id in text()) {
        let field = FieldNumber(u16::MAX);
        let range = reference_range(COLLECTION, field, &one);
        let own = reference(COLLECTION, field, &one, &id);
        prop_assert!(contains(&range, &own));
        prop_assert_eq!(contains(&range, &reference(COLLECTION, field, &two, &id)), one == two);
        prop_assert_eq!(reference_source(&own), Some(id.as_str()));
        let other_field = reference(COLLECTION, FieldNumber(0), &one, &id);
        prop_assert!(!contains(&range, &other_field));
        let other_source = reference(CollectionNumber(8), field, &one, &id);
        prop_assert!(!contains(&range, &other_source));
    }

    #[test]
    fn nothing_panics_on_foreign_bytes(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let _ = (index_entry_id(&bytes), has_truncated_text(&bytes), record_id(&bytes));
        let _ = (rowid_of(&bytes), reference_source(&bytes), change_sequence(&bytes));
        let _ = index_entry_group(&bytes);
        prop_assert!(!readable(&bytes).is_empty());
    }

    #[test]
    fn long_texts_keep_their_place_and_are_marked(
        tails in ("[a-c]{1,4}", "[a-c]{1,4}"),
        descending in any::<bool>(),
    ) {
        let beginning = "b".repeat(TEXT_KEY_BYTES_MAX);
        let entry = |text: &str| {
            let column = Column { value: Component::Text(text), descending };
            index_entry(COLLECTION, INDEX, &[column], (1, "id"))
        };
        let long = format!("{beginning}{}", tails.0);
        let other = format!("{beginning}{}", tails.1);
        prop_assert_eq!(entry(&long) == entry(&other), tails.0 == tails.1);
        prop_assert!(has_truncated_text(&entry(&long)));
        let key = entry(&long);
        prop_assert_eq!(index_entry_id(&key), Some("id"));
        for (smaller, greater) in [("b", &*long), (&*beginning, &*long), (&*long, "bc")] {
            let order = entry(smaller).cmp(&entry(greater));
            let expected = if descending { Ordering::Greater } else { Ordering::Less };
            prop_assert_eq!(order, expected);
        }
        let value = Component::Text(&long);
        for lower in [Bound::Included(value), Bound::Excluded(value)] {
            let reach = Reach { lower, upper: Bound::Unbounded, descending };
            let range = entries(&[]).reach_range(&reach);
            // Whether it is greater is for the filter to say: it must not be lost.
            prop_assert!(contains(&range, &entry(&other)));
            prop_assert!(!contains(&range, &entry("b")));
        }
    }
}

fn entries<'a>(equal: &'a [Column<'a>]) -> Entries<'a> {
    Entries {
        unique: false,
        collection: COLLECTION,
        index: INDEX,
        equal,
    }
}

/// One key of each range of [`collection_ranges`], in their order.
fn keys_of(collection: CollectionNumber, id: &str, row: u64, values: &[Owned]) -> [Key; 7] {
    let components: Vec<_> = values.iter().map(Owned::component).collect();
    [
        record(collection, id),
        rowid(collection, row),
        index_entry(
            collection,
            INDEX,
            &columns(values, &[true, false, true]),
            (row, id),
        ),
        unique_entry(collection, INDEX, &components),
        reference(collection, FieldNumber(1), id, id),
        counter(collection),
        folded_id(collection, id),
    ]
}

#[test]
fn ends_of_ranges_carry() {
    let last = CollectionNumber(u32::MAX);
    assert_eq!(record_range(last).end, vec![Keyspace::Record as u8 + 1]);
    assert_eq!(record_range(CollectionNumber(0xff)).end, vec![3, 0, 0, 1]);
}

#[test]
fn numbers_come_back_from_keys() {
    assert_eq!(rowid_of(&rowid(COLLECTION, u64::MAX)), Some(u64::MAX));
    assert_eq!(rowid_of(&record(COLLECTION, "12345678")), None);
    assert_eq!(change_sequence(&change(Sequence(9))), Some(Sequence(9)));
    assert_eq!(work_number(&work(4)), Some(4));
    assert_eq!(record_id(&record(COLLECTION, "abc")), Some("abc"));
    assert_eq!(record_id(&rowid(COLLECTION, 1)), None);
}

#[test]
fn the_log_is_read_after_a_sequence() {
    let range = change_range(Sequence(2), Sequence(4));
    let found: Vec<_> = (1..6)
        .filter(|n| contains(&range, &change(Sequence(*n))))
        .collect();
    assert_eq!(found, [3, 4]);
    let nothing = change_range(Sequence(4), Sequence(2));
    assert_eq!(nothing.start, nothing.end);
    let all = change_range(Sequence(0), Sequence(u64::MAX));
    assert!(contains(&all, &change(Sequence(u64::MAX))));
}

#[test]
fn keys_can_be_read_by_people() {
    assert_eq!(
        readable(&record(COLLECTION, "abc")),
        "record of collection 7: abc"
    );
    assert_eq!(readable(&change(Sequence(12))), "change 12");
    assert_eq!(readable(&meta("format")), "meta format");
    assert_eq!(readable(&[3, 0]), "incomplete key \\x03\\x00");
    assert_eq!(readable(&[0x77]), "unknown key w");
}

#[test]
fn a_number_that_is_none_is_null() {
    let entry = |value| index_entry(COLLECTION, INDEX, &[Column::ascending(value)], (1, ""));
    assert_eq!(entry(Component::Number(f64::NAN)), entry(Component::Null));
    assert_eq!(
        entry(Component::Number(-0.0)),
        entry(Component::Number(0.0))
    );
}
