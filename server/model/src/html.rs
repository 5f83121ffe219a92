//! What of HTML shows as text: without tags and silent elements, entities decoded.

/// Elements whose text does not show.
const SILENT: [&str; 17] = [
    "applet", "button", "dialog", "form", "head", "iframe", "noscript", "object", "optgroup",
    "option", "picture", "script", "select", "style", "svg", "template", "textarea",
];

/// Names of the characters U+00A0 to U+00FF.
const LATIN: &str = "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg \
    macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 \
    iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave \
    Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc \
    Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc \
    euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave \
    uacute ucirc uuml yacute thorn yuml";

/// Other names that people write.
const NAMED: [(&str, char); 18] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("ndash", '\u{2013}'),
    ("mdash", '\u{2014}'),
    ("lsquo", '\u{2018}'),
    ("rsquo", '\u{2019}'),
    ("sbquo", '\u{201A}'),
    ("ldquo", '\u{201C}'),
    ("rdquo", '\u{201D}'),
    ("bdquo", '\u{201E}'),
    ("bull", '\u{2022}'),
    ("hellip", '\u{2026}'),
    ("euro", '\u{20AC}'),
    ("trade", '\u{2122}'),
    ("rarr", '\u{2192}'),
];

/// The text that shows; runs of white space are one space. Words on both sides of a tag are parted
/// unless `joins` says otherwise of its element, whose name is in lower case.
pub(crate) fn plain_text(html: &str, joins: fn(&str) -> bool) -> String {
    let mut text = Text::default();
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        let (before, special) = rest.split_at_checked(at).unwrap_or((rest, ""));
        text.push_str(before);
        rest = match (markup(special, joins), entity(special)) {
            (Some(markup), _) => {
                if markup.parts_words {
                    text.push(' ');
                }
                markup.after
            }
            (None, Some((character, after))) => {
                text.push(character);
                after
            }
            (None, None) => {
                let mut characters = special.chars();
                characters
                    .next()
                    .into_iter()
                    .for_each(|character| text.push(character));
                characters.as_str()
            }
        };
    }
    text.push_str(rest);
    text.shown
}

#[derive(Default)]
struct Text {
    shown: String,
}

impl Text {
    fn push(&mut self, character: char) {
        if !matches!(character, ' ' | '\t' | '\n' | '\r' | '\u{c}') {
            self.shown.push(character);
        } else if !self.shown.ends_with(' ') {
            self.shown.push(' ');
        }
    }

    fn push_str(&mut self, text: &str) {
        text.chars().for_each(|character| self.push(character));
    }
}

/// A tag, comment or silent element that a text begins with.
struct Markup<'a> {
    parts_words: bool,
    after: &'a str,
}

fn markup(text: &str, joins: fn(&str) -> bool) -> Option<Markup<'_>> {
    if let Some(comment) = text.strip_prefix("<!--") {
        let after = comment.split_once("-->").map_or("", |(_, after)| after);
        return Some(Markup {
            parts_words: false,
            after,
        });
    }
    let inner = text.strip_prefix('<')?;
    let closing = inner.starts_with('/');
    let name = inner.strip_prefix('/').unwrap_or(inner);
    let length = name
        .find(|next: char| !next.is_ascii_alphanumeric())
        .unwrap_or(name.len());
    let name = name.get(..length)?.to_ascii_lowercase();
    if !name.starts_with(|first: char| first.is_ascii_alphabetic()) && !inner.starts_with('!') {
        return None;
    }
    let after = after_tag(inner);
    if SILENT.contains(&name.as_str()) && !closing {
        return Some(Markup {
            parts_words: false,
            after: after_element(after, &name),
        });
    }
    Some(Markup {
        parts_words: !joins(&name),
        after,
    })
}

/// What follows the `>` of a tag; one in a quoted attribute does not end it.
fn after_tag(tag: &str) -> &str {
    let mut quote = None;
    let end = tag.find(|next: char| {
        match quote {
            Some(open) if next == open => quote = None,
            Some(_) => {}
            None if matches!(next, '"' | '\'') => quote = Some(next),
            None => return next == '>',
        }
        false
    });
    end.and_then(|end| tag.get(end + 1..)).unwrap_or("")
}

/// What follows the closing tag of an element; all that is left belongs to one never closed.
fn after_element<'a>(content: &'a str, name: &str) -> &'a str {
    let mut rest = content;
    while let Some((_, tag)) = rest.split_once("</") {
        let is_same = tag
            .get(..name.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(name));
        if is_same {
            return after_tag(tag);
        }
        rest = tag;
    }
    ""
}

/// The character that a text begins with as `&name;` or `&#number;`, and what follows it.
fn entity(text: &str) -> Option<(char, &str)> {
    let inner = text.strip_prefix('&')?;
    let length = inner.find(|next: char| !next.is_ascii_alphanumeric() && next != '#');
    let (name, after) = inner.split_at_checked(length.unwrap_or(inner.len()))?;
    let character = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse::<u32>(),
            };
            code.ok().and_then(char::from_u32)
        }
        None => named(name),
    };
    character.map(|character| (character, after.strip_prefix(';').unwrap_or(after)))
}

fn named(name: &str) -> Option<char> {
    if let Some((_, character)) = NAMED.iter().find(|(known, _)| *known == name) {
        return Some(*character);
    }
    let at = LATIN.split_whitespace().position(|known| known == name)?;
    char::from_u32(0xA0 + u32::try_from(at).ok()?)
}
