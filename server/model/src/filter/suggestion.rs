//! "did you mean …?": the known name that is nearest to a misspelt one.

/// `; did you mean "…"?`, or nothing where no known name is near.
pub(crate) fn hint<'a>(written: &str, known: impl Iterator<Item = &'a str>) -> String {
    nearest(written, known).map_or_else(String::new, |known| format!("; did you mean {known:?}?"))
}

/// The nearest of `known` within a third of the letters of `written`.
fn nearest<'a>(written: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let limit = written.chars().count().div_ceil(3);
    known
        .map(|name| {
            (
                distance(&written.to_lowercase(), &name.to_lowercase()),
                name,
            )
        })
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// How many letters must be put in, left out, replaced or exchanged with their neighbour.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut earlier: Vec<usize> = Vec::new();
    let mut previous: Vec<usize> = (0..=right.len()).collect();
    let mut last = None;
    for (row, letter) in left.chars().enumerate() {
        let mut current = vec![row + 1];
        for (column, other) in right.iter().enumerate() {
            let at = |list: &[usize], index: usize| list.get(index).copied().unwrap_or(usize::MAX);
            let replaced = at(&previous, column) + usize::from(letter != *other);
            let moved = (at(&previous, column + 1) + 1).min(at(&current, column) + 1);
            let mut best = replaced.min(moved);
            let before = column.checked_sub(1);
            let swapped = before
                .is_some_and(|before| last == Some(*other) && right.get(before) == Some(&letter));
            if let Some(before) = before.filter(|_| swapped) {
                best = best.min(at(&earlier, before).saturating_add(1));
            }
            current.push(best);
        }
        last = Some(letter);
        earlier = std::mem::replace(&mut previous, current);
    }
    previous.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_suggested_and_far_ones_are_not() {
        let known = ["title", "created", "updated", "n"];
        for (written, suggestion) in [
            ("titel", Some("title")),
            ("Title", Some("title")),
            ("tile", Some("title")),
            ("creatd", Some("created")),
            ("update", Some("updated")),
            ("owner", None),
            ("xy", None),
            ("", None),
        ] {
            assert_eq!(nearest(written, known.into_iter()), suggestion, "{written}");
        }
    }

    #[test]
    fn distances() {
        for (left, right, steps) in [
            ("", "", 0),
            ("", "ab", 2),
            ("ab", "", 2),
            ("ab", "ba", 1),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(distance(left, right), steps);
        }
    }
}
