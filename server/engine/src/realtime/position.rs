//! A place in the order of all messages: where a client that connects again goes on.
//!
//! - Messages are in the order of commits, of the changes of a commit, and, where one change
//!   concerns several topics of a client, of the ranks of topics. A place is behind one message.
//! - The checksum of the commit's log entry proves that the place is one of this history: another
//!   database, or one that was put back to an older state, has none like it.
//! - The text of a place is opaque to clients, but sorts as places do.

use std::fmt;

use crate::commit::CommittedChanges;
use crate::store::Sequence;

const TEXT_BYTES: usize = 48;

/// A place behind a message, or behind everything of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    commit: Sequence,
    change: u32,
    rank: u64,
    checksum: u32,
}

impl Position {
    /// Before everything.
    pub(super) const BEGINNING: Self = Self {
        commit: Sequence(0),
        change: u32::MAX,
        rank: u64::MAX,
        checksum: 0,
    };

    /// Behind the message of one change to a topic of this rank.
    pub(super) fn behind(commit: &CommittedChanges, change: usize, rank: u64) -> Self {
        Self {
            commit: commit.sequence,
            change: u32::try_from(change).unwrap_or(u32::MAX),
            rank,
            checksum: commit.checksum,
        }
    }

    /// Behind everything of a commit.
    pub(super) fn end_of(commit: Sequence, checksum: u32) -> Self {
        Self {
            commit,
            change: u32::MAX,
            rank: u64::MAX,
            checksum,
        }
    }

    /// The commit of the message.
    pub(super) fn commit(self) -> Sequence {
        self.commit
    }

    /// What the log entry of the commit must have as its checksum.
    pub(super) fn checksum(self) -> u32 {
        self.checksum
    }

    /// The last commit of which everything is before this place, as far as it can tell.
    pub(super) fn whole_commits(self) -> Sequence {
        match self.change {
            u32::MAX => self.commit,
            _ => Sequence(self.commit.0.saturating_sub(1)),
        }
    }

    /// Whether a message is one of those before this place.
    pub(super) fn is_at_or_behind(self, message: Self) -> bool {
        message <= self
    }

    /// The place with this text.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let hexadecimal = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() != TEXT_BYTES || !text.bytes().all(hexadecimal) {
            return None;
        }
        let number = |from: usize, to: usize| u64::from_str_radix(text.get(from..to)?, 16).ok();
        Some(Self {
            commit: Sequence(number(0, 16)?),
            change: u32::try_from(number(16, 24)?).ok()?,
            rank: number(24, 40)?,
            checksum: u32::try_from(number(40, TEXT_BYTES)?).ok()?,
        })
    }
}

impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            commit: Sequence(commit),
            change,
            rank,
            checksum,
        } = self;
        write!(
            formatter,
            "{commit:016x}{change:08x}{rank:016x}{checksum:08x}"
        )
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn position() -> impl Strategy<Value = Position> {
        let number = prop_oneof![0..3_u64, any::<u64>(), Just(u64::MAX)];
        let small = prop_oneof![0..3_u32, any::<u32>(), Just(u32::MAX)];
        (number.clone(), small.clone(), number, small).prop_map(
            |(commit, change, rank, checksum)| Position {
                commit: Sequence(commit),
                change,
                rank,
                checksum,
            },
        )
    }

    proptest! {
        #[test]
        fn texts_come_back(place in position()) {
            prop_assert_eq!(Position::parse(&place.to_string()), Some(place));
        }

        #[test]
        fn texts_sort_as_places_do(one in position(), other in position()) {
            prop_assert_eq!(one.cmp(&other), one.to_string().cmp(&other.to_string()));
        }

        #[test]
        fn only_what_was_written_is_read(text in "[0-9a-fA-F+ -]{40,50}|\\PC{0,60}") {
            if let Some(place) = Position::parse(&text) {
                prop_assert_eq!(place.to_string(), text);
            }
        }
    }

    #[test]
    fn a_place_is_behind_what_was_told() {
        let commit = |sequence| CommittedChanges {
            sequence: Sequence(sequence),
            time: Default::default(),
            changes: Vec::new(),
            checksum: 7,
        };
        let place = Position::behind(&commit(5), 2, 10);
        for (sequence, change, rank, told) in [
            (4, 9, 99, true),
            (5, 1, 99, true),
            (5, 2, 9, true),
            (5, 2, 10, true),
            (5, 2, 11, false),
            (5, 3, 0, false),
            (6, 0, 0, false),
        ] {
            let message = Position::behind(&commit(sequence), change, rank);
            assert_eq!(place.is_at_or_behind(message), told, "{message}");
        }
        assert_eq!(place.whole_commits(), Sequence(4));
        let end = Position::end_of(Sequence(5), 7);
        assert_eq!(end.whole_commits(), Sequence(5));
        assert!(end.is_at_or_behind(Position::behind(&commit(5), 1_000_000, 1 << 60)));
    }
}
