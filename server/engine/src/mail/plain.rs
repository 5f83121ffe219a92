//! The text of HTML, for those who read mails without it.
//!
//! - What a browser does not show is left out: comments, styles, scripts, titles.
//! - A link is its label and its address.
//! - White space is that of paragraphs and lines, not that of the source.

/// Elements whose content is not shown.
const UNSHOWN: [&str; 4] = ["style", "script", "title", "head"];
/// Elements that begin and end a paragraph.
const PARAGRAPHS: [&str; 14] = [
    "p",
    "div",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "table",
    "blockquote",
    "hr",
    "pre",
];
/// Elements that begin and end a line.
const LINES: [&str; 4] = ["br", "li", "tr", "dd"];

/// The text of a fragment of HTML.
pub(super) fn text(html: &str) -> String {
    let mut writer = Writer::default();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        writer.write(before);
        rest = match Tag::read(after) {
            Some((tag, behind)) => {
                writer.tag(&tag);
                let unshown = UNSHOWN.iter().find(|name| tag.opens(name));
                unshown.map_or(behind, |name| behind_end(behind, name))
            }
            None if after.starts_with("!--") => behind(after, "-->"),
            None if after.starts_with('!') => behind(after, ">"),
            None => {
                writer.write("<");
                after
            }
        };
    }
    writer.write(rest);
    writer.end_link();
    writer.text.trim_end().to_owned()
}

struct Tag<'a> {
    name: String,
    closes: bool,
    inside: &'a str,
}

impl<'a> Tag<'a> {
    /// Reads a tag behind its `<`; gives what is behind it too.
    fn read(after: &'a str) -> Option<(Self, &'a str)> {
        let (closes, rest) = match after.strip_prefix('/') {
            Some(rest) => (true, rest),
            None => (false, after),
        };
        if !rest.starts_with(|first: char| first.is_ascii_alphabetic()) {
            return None;
        }
        let (inside, behind) = split_at_end(rest)?;
        let name = inside
            .split(|c: char| c.is_whitespace() || c == '/')
            .next()
            .unwrap_or_default();
        let tag = Self {
            name: name.to_ascii_lowercase(),
            closes,
            inside: inside.get(name.len()..).unwrap_or_default(),
        };
        Some((tag, behind))
    }

    fn opens(&self, name: &str) -> bool {
        !self.closes && self.name == name
    }

    /// The value of an attribute.
    fn attribute(&self, wanted: &str) -> Option<String> {
        let mut rest = self.inside.trim_start();
        while !rest.is_empty() {
            let (name, after) = rest
                .find(|c: char| c == '=' || c.is_whitespace())
                .and_then(|end| rest.split_at_checked(end))
                .unwrap_or((rest, ""));
            let after = after.trim_start();
            let Some(value) = after.strip_prefix('=') else {
                rest = after;
                continue;
            };
            let (value, behind) = attribute_value(value.trim_start());
            if name.eq_ignore_ascii_case(wanted) {
                return Some(decoded(value));
            }
            rest = behind.trim_start();
        }
        None
    }
}

fn attribute_value(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(quoted) = text.strip_prefix(quote) {
            return quoted.split_once(quote).unwrap_or((quoted, ""));
        }
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// Splits at the `>` that is in no quotes.
fn split_at_end(text: &str) -> Option<(&str, &str)> {
    let mut quote = None;
    for (place, character) in text.char_indices() {
        match (quote, character) {
            (None, '>') => {
                let (inside, behind) = text.split_at_checked(place)?;
                return Some((inside, behind.strip_prefix('>')?));
            }
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            _ => {}
        }
    }
    None
}

fn behind<'a>(text: &'a str, end: &str) -> &'a str {
    text.split_once(end).map_or("", |(_, behind)| behind)
}

/// What is behind the end tag of an element.
fn behind_end<'a>(text: &'a str, name: &str) -> &'a str {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("</") {
        let found = after
            .get(..name.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(name));
        if found {
            return behind(after, ">");
        }
        rest = after;
    }
    ""
}

#[derive(Default)]
struct Writer {
    text: String,
    /// Line breaks that are due before what comes next.
    breaks: usize,
    /// A space is due before what comes next.
    space: bool,
    /// The address of the link that is open, and where its label begins.
    link: Option<(String, usize)>,
}

impl Writer {
    fn write(&mut self, html: &str) {
        for character in decoded(html).chars() {
            // A space that does not break is one that was meant.
            if character.is_whitespace() && character != '\u{a0}' {
                self.space = true;
            } else {
                self.settle();
                let control = character.is_control();
                self.text.push(if control { ' ' } else { character });
            }
        }
    }

    fn tag(&mut self, tag: &Tag<'_>) {
        let name = tag.name.as_str();
        if PARAGRAPHS.contains(&name) {
            self.breaks = self.breaks.max(2);
        } else if name == "br" {
            self.breaks = (self.breaks + 1).min(2);
        } else if LINES.contains(&name) {
            self.breaks = self.breaks.max(1);
        } else if name == "td" || name == "th" {
            self.space = true;
        } else if name == "a" {
            self.end_link();
            if let Some(address) = tag.attribute("href").filter(|_| !tag.closes) {
                self.settle();
                self.link = Some((address.trim().to_owned(), self.text.len()));
            }
        }
    }

    fn end_link(&mut self) {
        let Some((address, begun)) = self.link.take() else {
            return;
        };
        let label = self.text.get(begun..).unwrap_or_default().trim();
        if address.is_empty() || address.starts_with('#') || label == address {
            return;
        }
        if !label.is_empty() {
            self.text.push_str(": ");
        }
        self.text.push_str(&one_word(&address));
    }

    /// Writes the white space that is due.
    fn settle(&mut self) {
        if !self.text.is_empty() {
            if self.breaks > 0 {
                self.text.extend(std::iter::repeat_n('\n', self.breaks));
            } else if self.space {
                self.text.push(' ');
            }
        }
        self.breaks = 0;
        self.space = false;
    }
}

fn one_word(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .collect()
}

/// Character references that templates have; others stay as they are.
fn decoded(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('&') {
        text.push_str(before);
        let named = after.split_once(';').filter(|(name, _)| name.len() <= 8);
        match named.and_then(|(name, behind)| Some((character(name)?, behind))) {
            Some((character, behind)) => {
                text.push(character);
                rest = behind;
            }
            None => {
                text.push('&');
                rest = after;
            }
        }
    }
    text.push_str(rest);
    text
}

fn character(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let number = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(number);
    }
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{a0}'),
        "copy" => Some('©'),
        "mdash" => Some('—'),
        "ndash" => Some('–'),
        "hellip" => Some('…'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use luge_model::collection::EmailTemplate;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn html_becomes_text() {
        for (html, expected) in [
            ("", ""),
            ("plain", "plain"),
            ("<p>One\n  two</p>\n<p>three</p>", "One two\n\nthree"),
            ("a<br>b<br/>c<br><br>d", "a\nb\nc\n\nd"),
            ("<div><div>a</div></div><p></p><p>b</p>", "a\n\nb"),
            (
                "<a href=\"https://x.test/?a=1&amp;b=2\">Go</a> now",
                "Go: https://x.test/?a=1&b=2 now",
            ),
            (
                "<a href='https://x.test'>https://x.test</a>",
                "https://x.test",
            ),
            (
                "<a class=btn href=https://x.test target=_blank>Go</a>",
                "Go: https://x.test",
            ),
            ("<A HREF=\"x>y\">Go</A>", "Go: x>y"),
            ("<a href=\"\">Go</a><a>stay</a>", "Gostay"),
            ("<a href='a'>one<a href='b'>two", "one: atwo: b"),
            ("<strong>bold</strong> <i>it</i>", "bold it"),
            (
                "a &lt;b&gt; &amp;amp; &#39;&#x41;&nbsp;&nope; & &;",
                "a <b> &amp; 'A\u{a0}&nope; & &;",
            ),
            (
                "<style>p { color: red }</style>x<script>1 < 2</script>y",
                "xy",
            ),
            ("<STYLE>a</sTyLe >x<!-- <p>no</p> -->y<!doctype html>", "xy"),
            ("<style>never closed", ""),
            ("1 < 2 and <3 and a<", "1 < 2 and <3 and a<"),
            ("<p unfinished", "<p unfinished"),
            ("<ul><li>one</li><li>two</li></ul>", "one\ntwo"),
            (
                "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>",
                "a b\nc",
            ),
            ("a&#10;b&#0;c", "a b c"),
            ("<a href='x\ny'>l</a>", "l: xy"),
            ("<a =x href=z>l</a>", "l: z"),
        ] {
            assert_eq!(text(html), expected, "{html}");
        }
    }

    #[test]
    fn our_own_templates_read_well() {
        assert_eq!(
            text(&EmailTemplate::verification().body),
            "Hello,\n\nWelcome to {APP_NAME}. Please confirm that this is your address:\n\n\
             Confirm address: {APP_URL}/_/#/auth/confirm-verification/{TOKEN}\n\n\
             You did not sign up? Then you can ignore this mail.\n\nKind regards,\n{APP_NAME}"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_to_its_end(html in "(?s)[<>/a-z!=&;'\" \\n-]{0,80}") {
            let text = text(&html);
            prop_assert!(text.len() <= html.len() * 4);
        }
    }
}
