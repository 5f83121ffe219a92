//! A pattern of a definition (RE2) as JSON Schema writes patterns (ECMA 262, with the flag `u`).

/// What may stand behind `\` in both, with the same meaning.
const ESCAPES: &str = r"dDwWbBntrfv\.+*?()[]{}|^$/";

/// The same pattern; `None` for an empty one, and for one that may mean something else there.
pub(super) fn translated(source: &str) -> Option<String> {
    if source.is_empty() {
        return None;
    }
    let mut out = String::with_capacity(source.len());
    let mut rest = source.chars().peekable();
    let mut in_class = false;
    while let Some(letter) = rest.next() {
        match letter {
            '\\' => {
                let escaped = rest.next()?;
                // In a class `\b` is another letter in one of them, and both escape `-` there.
                let same = ESCAPES.contains(escaped) && !(in_class && "bB".contains(escaped));
                let is_dash = in_class && escaped == '-';
                if !same && !is_dash {
                    return None;
                }
                out.extend([letter, escaped]);
            }
            '[' if in_class => return None,
            '[' => {
                in_class = true;
                out.push(letter);
                if rest.next_if_eq(&'^').is_some() {
                    out.push('^');
                }
                // The first `]` is a letter in RE2 and the end in ECMA.
                if rest.peek() == Some(&']') {
                    return None;
                }
            }
            ']' => {
                // Alone it is a letter in RE2 and an error in ECMA.
                if !std::mem::take(&mut in_class) {
                    return None;
                }
                out.push(letter);
            }
            // In ECMA the point leaves out more than the end of a line.
            '.' if !in_class => out.push_str(r"[^\n]"),
            '(' if !in_class && rest.peek() == Some(&'?') => {
                rest.next();
                rest.next_if_eq(&':')?;
                out.push_str("(?:");
            }
            '{' if !in_class => out.push_str(&counts(&mut rest)?),
            '}' if !in_class => return None,
            other => out.push(other),
        }
    }
    Some(out)
}

/// `{n}`, `{n,}` or `{n,m}` behind its first brace; any other brace is a letter in RE2 only.
fn counts(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<String> {
    let mut text = String::from("{");
    let digits = |text: &mut String, rest: &mut std::iter::Peekable<std::str::Chars<'_>>| {
        let before = text.len();
        while let Some(digit) = rest.next_if(char::is_ascii_digit) {
            text.push(digit);
        }
        text.len() > before
    };
    if !digits(&mut text, rest) {
        return None;
    }
    if rest.next_if_eq(&',').is_some() {
        text.push(',');
        digits(&mut text, rest);
    }
    rest.next_if_eq(&'}')?;
    text.push('}');
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_the_same_stays() {
        for pattern in [
            r"^[a-z0-9]+$",
            r"^\d{3}-\w+\.(?:a|b)?$",
            r"[^\-x]{2,}",
            r"a{1,3}",
        ] {
            assert_eq!(translated(pattern).as_deref(), Some(pattern));
        }
        assert_eq!(translated("^.+@[.]$").as_deref(), Some(r"^[^\n]+@[.]$"));
    }

    #[test]
    fn what_may_mean_something_else_is_left_out() {
        for pattern in [
            "",
            r"(?i)a",
            r"\pL",
            r"\s",
            r"\Qa\E",
            r"\A",
            "[[:alpha:]]",
            "[]a]",
            "a]",
            "a{",
            "a{,3}",
            "}",
            r"[\b]",
            r"\x{41}",
            "(?P<n>a)",
            r"\-",
            "\\",
        ] {
            assert_eq!(translated(pattern), None, "{pattern}");
        }
    }
}
