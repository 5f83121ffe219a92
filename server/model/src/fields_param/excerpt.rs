//! The beginning of a text without its HTML.

use crate::html::plain_text;

/// Elements that do not part words.
const INLINE: [&str; 36] = [
    "a", "abbr", "acronym", "b", "bdo", "big", "body", "br", "caption", "cite", "code", "col",
    "colgroup", "em", "embed", "html", "i", "img", "input", "label", "q", "small", "span",
    "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr",
    "font",
];

/// At most `max_chars` characters of the text that shows, white space collapsed, with `...` behind
/// it when something was cut off and `with_ellipsis` asks for it.
pub(super) fn excerpt(html: &str, max_chars: usize, with_ellipsis: bool) -> String {
    let text = plain_text(html, |element| INLINE.contains(&element));
    let text = text.trim();
    let Some((end, _)) = text.char_indices().nth(max_chars) else {
        return text.to_owned();
    };
    let cut = text.get(..end).unwrap_or_default().trim_end();
    if with_ellipsis {
        format!("{cut}...")
    } else {
        cut.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_goes_and_text_stays() {
        for (html, text) in [
            ("", ""),
            ("a<br>b", "ab"),
            ("<p>a</p><p>b</p>", "a b"),
            ("<div>a</div>b", "a b"),
            ("<b>a</b>b", "ab"),
            ("a  \n b", "a b"),
            ("  lead", "lead"),
            ("<style>s</style>z", "z"),
            ("<script>if (a < b) {}</script>z", "z"),
            ("a<script>never closed", "a"),
            ("<ul><li>1</li><li>2</li></ul>", "1 2"),
            ("&lt;x&gt; y", "<x> y"),
            ("a &amp", "a &"),
            ("a & b &nope; &#xD800;", "a & b &nope; &#xD800;"),
            ("1 < 2 > 0", "1 < 2 > 0"),
            ("<!-- c -->k", "k"),
            ("<!-- never closed", ""),
            ("<a href=\"x>y\">l</a>m", "lm"),
            ("x<span>y</span> z", "xy z"),
            ("&eacute;&#233;&#xe9;&copy;&nbsp;&yuml;", "ééé©\u{a0}ÿ"),
            ("<h1>T</h1>x<td>c</td>d", "T xcd"),
            ("<", "<"),
            ("a<b", "a"),
        ] {
            assert_eq!(excerpt(html, 100, true), text, "{html}");
        }
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        for (text, max_chars, with_ellipsis, cut) in [
            ("abcdef", 4, true, "abcd..."),
            ("abcdef", 4, false, "abcd"),
            ("abcd", 4, true, "abcd"),
            ("abc def", 4, true, "abc..."),
            ("äöüß", 2, false, "äö"),
        ] {
            assert_eq!(excerpt(text, max_chars, with_ellipsis), cut);
        }
    }
}
