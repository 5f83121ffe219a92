//! The words of texts, by language and mode.

use proptest::prelude::*;

use super::*;
use crate::search::Language;

fn analyser(language: Option<Language>, mode: Mode) -> Analyser {
    let field = SearchField {
        path: "text".to_owned(),
        weight: 1,
        language,
        mode,
        facet: false,
    };
    Analyser::new(&field, &SearchOptions::default())
}

/// Each word as `term`, or `term/exact` where they differ; stop words in parentheses.
fn shown(analyser: &Analyser, text: &str) -> String {
    let mut words = Vec::new();
    analyser.text(text, &mut Scratch::default(), |token| {
        let word = match token.term == token.exact {
            true => token.term.to_owned(),
            false => format!("{}/{}", token.term, token.exact),
        };
        words.push(if token.stop {
            format!("({word})")
        } else {
            word
        });
    });
    words.join(" ")
}

#[test]
fn words_are_folded_and_stemmed_by_their_language() {
    for (code, text, expected) in [
        ("", "The Running dogs", "the running dogs"),
        ("en", "The Running dogs", "(the) run/running dog/dogs"),
        ("en", "the dog's flies", "(the) dog fli/flies"),
        (
            "de",
            "Die Häuser der Straße",
            "(die) haus/hauser (der) strass/strasse",
        ),
        (
            "fr",
            "L'avion des Générales",
            "(l) avion (de/des) general/generales",
        ),
        ("es", "las canciones", "(las) cancion/canciones"),
        ("ru", "большие собаки", "больш/большие собак/собаки"),
        ("tr", "IŞIK ışık", "isik isik"),
        ("tr", "kitapları", "kitap/kitaplari"),
        ("pl", "książkami", "ksiazk/ksiazkami"),
        ("el", "ΟΙ ΆΝΘΡΩΠΟΙ", "οι ανθρωπ/ανθρωποι"),
    ] {
        let analyser = analyser(Language::from_code(code), Mode::Text);
        assert_eq!(shown(&analyser, text), expected, "{code}");
    }
}

#[test]
fn modes_without_stems_have_none() {
    let text = "  The Running\tDogs ";
    for (mode, expected) in [
        (Mode::Prefix, "the running dogs"),
        (Mode::Exact, "the running dogs"),
        (Mode::Keyword, "the running dogs"),
    ] {
        let mut words = Vec::new();
        analyser(Some(Language::English), mode).text(text, &mut Scratch::default(), |token| {
            assert!(!token.stop && token.term == token.exact);
            assert_eq!(
                fold(&text.replace('\t', " ")).trim().find(token.term),
                Some(token.start - 2)
            );
            words.push(token.term.to_owned());
        });
        assert_eq!(words.join(" "), expected, "{mode:?}");
        assert_eq!(words.len(), if mode == Mode::Keyword { 1 } else { 3 });
    }
    let empty = analyser(None, Mode::Keyword);
    empty.text(" \t", &mut Scratch::default(), |token| panic!("{token:?}"));
}

#[test]
fn a_collection_adds_stop_words() {
    let options = SearchOptions {
        stop_words: vec!["Café".to_owned()],
        ..SearchOptions::default()
    };
    let field = SearchField {
        path: "text".to_owned(),
        weight: 1,
        language: None,
        mode: Mode::Text,
        facet: false,
    };
    let analyser = Analyser::new(&field, &options);
    assert_eq!(shown(&analyser, "The CAFE is open"), "the (cafe) is open");
}

#[test]
fn long_words_are_cut_between_characters() {
    let long = "é".repeat(200);
    analyser(Some(Language::French), Mode::Text).text(&long, &mut Scratch::default(), |token| {
        assert_eq!((token.exact.len(), token.start, token.end), (64, 0, 400));
    });
    let signs = format!("x{}", "एं".repeat(100));
    analyser(None, Mode::Text).text(&signs, &mut Scratch::default(), |token| {
        assert!(token.exact.len() <= SEARCH_TERM_BYTES_MAX);
    });
}

#[test]
fn what_of_html_shows_has_words_of_its_own() {
    for (html, text) in [
        ("<p>one</p><p>two</p>", " one two "),
        ("one<br>two", "one two"),
        ("<td>one</td><td>two</td>", " one two "),
        ("o<b>n</b>e", "one"),
        ("caf&eacute; &amp; bar", "café & bar"),
        ("<script>no()</script>yes", "yes"),
        ("1 < 2", "1 < 2"),
    ] {
        assert_eq!(visible_text(html), text, "{html}");
    }
}

proptest! {
    #[test]
    fn places_lead_to_what_was_folded(
        text in "([a-zA-Z]{1,9}|[ .'’-]|é|ß|İ|東|京|한|ก|\\u{301}|\\u{AD}|\\PC){0,16}",
    ) {
        for (language, mode) in [
            (None, Mode::Text),
            (Some(Language::English), Mode::Text),
            (Some(Language::French), Mode::Text),
            (Some(Language::Turkish), Mode::Text),
            (None, Mode::Exact),
        ] {
            let mut next = 0;
            let analyser = analyser(language, mode);
            let mut scratch = Scratch::default();
            let mut exact = Vec::new();
            analyser.text(&text, &mut scratch, |token| {
                let word = text.get(token.start..token.end).expect("boundaries of characters");
                let folded = fold(word);
                assert!(folded.starts_with(token.exact), "{folded} {}", token.exact);
                assert!(folded == token.exact || folded.len() > SEARCH_TERM_BYTES_MAX);
                assert!(!token.term.is_empty());
                assert_eq!(token.position, next);
                next += 1;
                exact.push((token.exact.to_owned(), token.term.to_owned()));
            });
            // What is remembered gives the same stems.
            let mut again = exact.into_iter();
            analyser.text(&text, &mut scratch, |token| {
                let same = (token.exact.to_owned(), token.term.to_owned());
                assert_eq!(again.next(), Some(same));
            });
        }
    }

    #[test]
    fn accents_and_case_make_no_difference_to_the_words(word in "[a-z]{1,8}") {
        let accented: String = word.chars().map(|letter| match letter {
            'a' => 'À',
            'e' => 'é',
            'o' => 'Ö',
            'n' => 'ñ',
            other => other.to_ascii_uppercase(),
        }).collect();
        for code in ["en", "de", "fr", "es", "it", "pt", "sv", "fi", "nl"] {
            let analyser = analyser(Language::from_code(code), Mode::Text);
            prop_assert_eq!(shown(&analyser, &word), shown(&analyser, &accented), "{}", code);
        }
    }
}
