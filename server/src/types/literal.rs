//! Texts of people as string literals, and lines of comments.

/// A text between quotes. A letter of `special`, and the quote itself, gets a `\\` in front; what
/// is neither ASCII nor a letter or digit is what `escape` makes of its number.
pub(super) fn literal(
    text: &str,
    (quote, special): (char, &str),
    escape: impl Fn(u32) -> String,
) -> String {
    let mut out = String::from(quote);
    for letter in text.chars() {
        match letter {
            '\\' => out.push_str("\\\\"),
            letter if letter == quote || special.contains(letter) => out.extend(['\\', letter]),
            ' '..='~' => out.push(letter),
            letter if letter.is_alphanumeric() => out.push(letter),
            letter => out.push_str(&escape(u32::from(letter))),
        }
    }
    out.push(quote);
    out
}

/// Lines of comments, each behind `mark`.
pub(super) fn comments(lines: &[String], mark: &str) -> String {
    let lines = lines.iter().map(|line| format!("{mark} {line}"));
    lines.map(|line| format!("{}\n", line.trim_end())).collect()
}
