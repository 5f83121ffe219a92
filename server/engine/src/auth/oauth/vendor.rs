//! What is known of a provider: where it is asked, and what its answer says about a person.
//!
//! - A vendor is a value; what it says is read by JSON pointers, so that a plain one needs no code.
//! - An address counts as proved only where the vendor says so in a member that means just that, or
//!   documents that it gives out no others ([`Email`]). Everything else proves nothing.

use serde_json::Value as Json;

/// A provider as it is known to everybody.
#[derive(Debug)]
pub(super) struct Vendor {
    /// What definitions call it.
    pub(super) name: &'static str,
    /// Who vouches for its subjects, as long as nobody configures another address.
    pub(super) issuer: &'static str,
    /// Where people sign in.
    pub(super) auth_url: &'static str,
    /// Where codes are exchanged.
    pub(super) token_url: &'static str,
    /// Where facts about a person are asked for; empty where an ID token holds them.
    pub(super) user_info_url: &'static str,
    /// What is asked for, separated by spaces.
    pub(super) scopes: &'static str,
    /// Whether PKCE is used unless the definition says otherwise.
    pub(super) pkce: bool,
    /// Further parameters of the sign-in page.
    pub(super) parameters: &'static [(&'static str, &'static str)],
    /// The keys of its ID tokens.
    pub(super) keys_url: &'static str,
    /// How facts are asked for.
    pub(super) asking: Asking,
    /// Further headers of that request.
    pub(super) headers: &'static [(&'static str, Header)],
    /// What the answer says.
    pub(super) says: Says,
}

/// How facts about a person are asked for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Asking {
    /// By a plain request.
    Get,
    /// By this query in GraphQL.
    Query(&'static str),
}

/// The value of a header.
#[derive(Clone, Copy, Debug)]
pub(super) enum Header {
    /// Always this.
    Fixed(&'static str),
    /// The application's id.
    ClientId,
}

/// Where the facts stand, as JSON pointers; the first that is there counts.
#[derive(Debug)]
pub(super) struct Says {
    /// Who it is, for ever.
    pub(super) subject: &'static str,
    /// Whether a subject may be a number.
    pub(super) numbers: bool,
    /// The full name.
    pub(super) name: &'static [&'static str],
    /// The user name.
    pub(super) username: &'static [&'static str],
    /// The address of a picture.
    pub(super) avatar: &'static [&'static str],
    /// The e-mail address.
    pub(super) email: Email,
    /// What must be so; else the account is not active.
    pub(super) active: Option<(&'static str, Fact)>,
    /// What pointers cannot say.
    pub(super) mends: fn(&Json, &mut Profile),
}

/// A value that a member must have.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fact {
    /// A text.
    Text(&'static str),
    /// `true`.
    Yes,
    /// The number 1.
    One,
}

/// Where an e-mail address stands, and what it is worth.
#[derive(Clone, Copy, Debug)]
pub(super) enum Email {
    /// None is told.
    Untold,
    /// The vendor documents that it tells proved addresses only.
    Proved(&'static str),
    /// Proved where all of these are JSON's `true`; else it is passed over.
    ProvedIf(&'static str, &'static [&'static str]),
    /// Proved where this is a text, such as a time; else it is passed over.
    ProvedSince(&'static str, &'static str),
    /// Nothing says that it was proved: it is kept, and nobody is found by it.
    Unproved(&'static str),
    /// A further request lists the addresses.
    Listed(&'static Listing),
}

/// A list of addresses, of which the primary one counts where it was proved.
#[derive(Debug)]
pub(super) struct Listing {
    /// Behind the address where facts are asked for.
    pub(super) suffix: &'static str,
    /// Where the list is.
    pub(super) list: &'static str,
    /// That it is the primary one.
    pub(super) primary: &'static str,
    /// That it was proved.
    pub(super) proved: &'static str,
}

/// Who somebody is at a provider.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Profile {
    pub(super) subject: String,
    pub(super) name: String,
    pub(super) username: String,
    pub(super) avatar: String,
    pub(super) email: Option<Address>,
    /// All that the provider said.
    pub(super) raw: Json,
}

/// An e-mail address that a provider tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) text: String,
    /// Whether the provider says that it is the person's own.
    pub(super) proved: bool,
}

/// A provider about which nothing is special.
pub(super) const PLAIN: Vendor = Vendor {
    name: "",
    issuer: "",
    auth_url: "",
    token_url: "",
    user_info_url: "",
    scopes: "",
    pkce: true,
    parameters: &[],
    keys_url: "",
    asking: Asking::Get,
    headers: &[],
    says: STANDARD,
};

/// The standard claims of OpenID Connect.
pub(super) const STANDARD: Says = Says {
    subject: "/sub",
    numbers: false,
    name: &["/name"],
    username: &["/preferred_username"],
    avatar: &["/picture"],
    email: Email::ProvedIf("/email", &["/email_verified"]),
    active: None,
    mends: |_, _| {},
};

/// Answers that name people by `id`.
pub(super) const BY_ID: Says = Says {
    subject: "/id",
    numbers: true,
    name: &["/name"],
    username: &[],
    avatar: &[],
    email: Email::Untold,
    active: None,
    mends: |_, _| {},
};

impl Says {
    /// Who the answer is about; the addresses of a listing are added by who asked for it.
    ///
    /// # Errors
    /// A reason for people: nobody is named, or the account is not active.
    pub(super) fn read(&self, answer: &Json) -> Result<Profile, String> {
        let subject = match answer.pointer(self.subject) {
            Some(Json::String(subject)) => subject.clone(),
            Some(Json::Number(number)) if self.numbers && !number.is_f64() => number.to_string(),
            Some(_) => return Err(format!("{} is of the wrong type", self.subject)),
            None => String::new(),
        };
        if let Some((place, fact)) = self.active
            && !answer.pointer(place).is_some_and(|value| fact.is(value))
        {
            return Err(format!("the account is not active ({place})"));
        }
        let mut profile = Profile {
            subject,
            name: first(answer, self.name),
            username: first(answer, self.username),
            avatar: first(answer, self.avatar),
            email: self.email.read(answer),
            raw: answer.clone(),
        };
        (self.mends)(answer, &mut profile);
        Ok(profile)
    }
}

impl Email {
    /// The address in an answer.
    pub(super) fn read(&self, answer: &Json) -> Option<Address> {
        let proved = |place: &str| Address::of(answer.pointer(place), true);
        match self {
            Self::Untold | Self::Listed(_) => None,
            Self::Proved(place) => proved(place),
            Self::ProvedIf(place, flags) => {
                let all = |flag: &&str| answer.pointer(flag) == Some(&Json::Bool(true));
                flags.iter().all(all).then(|| proved(place)).flatten()
            }
            Self::ProvedSince(place, since) => {
                let since = answer.pointer(since).and_then(Json::as_str);
                let told = since.is_some_and(|since| !since.is_empty());
                told.then(|| proved(place)).flatten()
            }
            Self::Unproved(place) => Address::of(answer.pointer(place), false),
        }
    }
}

impl Listing {
    /// The primary address, where it was proved.
    pub(super) fn read(&self, answer: &Json) -> Option<Address> {
        let yes = |entry: &Json, place: &str| entry.pointer(place) == Some(&Json::Bool(true));
        let entries = answer.pointer(self.list)?.as_array()?;
        let mut primary = entries
            .iter()
            .filter(|entry| yes(entry, self.primary) && yes(entry, self.proved));
        Address::of(primary.next()?.pointer("/email"), true)
    }
}

impl Address {
    fn of(value: Option<&Json>, proved: bool) -> Option<Self> {
        let text = value?.as_str().filter(|text| !text.is_empty())?.to_owned();
        Some(Self { text, proved })
    }
}

impl Fact {
    fn is(self, value: &Json) -> bool {
        match self {
            Self::Text(text) => value.as_str() == Some(text),
            Self::Yes => value == &Json::Bool(true),
            Self::One => value.as_i64() == Some(1),
        }
    }
}

/// The first text that is there and not empty.
fn first(answer: &Json, places: &[&str]) -> String {
    let texts = places
        .iter()
        .filter_map(|place| answer.pointer(place)?.as_str());
    let mut texts = texts.filter(|text| !text.is_empty());
    texts.next().unwrap_or_default().to_owned()
}

/// Texts one behind the other, with a space where both are there.
pub(super) fn joined(answer: &Json, places: &[&str]) -> String {
    let texts = places
        .iter()
        .filter_map(|place| answer.pointer(place)?.as_str());
    let texts: Vec<&str> = texts.filter(|text| !text.is_empty()).collect();
    texts.join(" ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(email: Json) -> Option<Address> {
        let mut answer = json!({"sub": "1", "email": "v@example.com"});
        if !email.is_null() {
            answer["email_verified"] = email;
        }
        STANDARD.read(&answer).unwrap().email
    }

    #[test]
    fn only_true_proves_an_address() {
        assert!(read(json!(true)).unwrap().proved);
        for other in [
            json!(null),
            json!(false),
            json!("true"),
            json!("false"),
            json!(0),
            json!(1),
            json!([true]),
            json!({"true": true}),
        ] {
            assert_eq!(read(other.clone()), None, "{other}");
        }
        for text in [json!(""), json!(null), json!(5), json!(["v@example.com"])] {
            let answer = json!({"sub": "1", "email": text, "email_verified": true});
            assert_eq!(STANDARD.read(&answer).unwrap().email, None);
        }
    }

    #[test]
    fn a_subject_is_a_text_and_for_some_a_whole_number() {
        let subject = |says: &Says, answer: Json| says.read(&answer).map(|found| found.subject);
        assert_eq!(subject(&STANDARD, json!({"sub": "a"})).unwrap(), "a");
        assert_eq!(subject(&STANDARD, json!({})).unwrap(), "");
        for wrong in [json!(7), json!(null), json!(["a"]), json!(true)] {
            assert!(subject(&STANDARD, json!({ "sub": wrong })).is_err());
        }
        assert_eq!(subject(&BY_ID, json!({"id": 7})).unwrap(), "7");
        assert!(subject(&BY_ID, json!({"id": 7.5})).is_err());
    }
}
