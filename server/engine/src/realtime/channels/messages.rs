//! What a channel is told, as JSON on one line.
//!
//! The key `type` is the server's alone: what members send stands below `event` and `payload`, so
//! nobody can send what looks like the server's word.

use std::sync::Arc;

use bytes::Bytes;
use luge_model::principal::Principal;
use luge_model::record::write_text_json;

use super::presence::Differences;
use crate::error::MISSING_CHANNEL;

/// What others may know of who a member is: `,"collection":…,"record":…`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Shown(Arc<str>);

impl Shown {
    /// Which superuser somebody is is nobody's business.
    pub(super) fn of(principal: &Principal) -> Self {
        let Some(identity) = principal.identity() else {
            return Self::default();
        };
        let mut json = b",\"collection\":".to_vec();
        write_text_json(&identity.collection.name, &mut json);
        if !principal.skips_rules() {
            json.extend_from_slice(b",\"record\":");
            write_text_json(identity.record.id(), &mut json);
        }
        Self(text(json).into())
    }
}

/// A member as it is listed; its state is JSON.
pub(super) fn member(id: &str, state: &str, shown: &Shown) -> Arc<str> {
    // The id needs no escapes.
    let shown = &shown.0;
    format!("{{\"id\":\"{id}\",\"state\":{state}{shown}}}").into()
}

/// To a client that may be in the channel from now on; with the members, where they are listed.
pub(super) fn joined<'m>(
    member: &str,
    members: Option<impl Iterator<Item = &'m Arc<str>>>,
) -> Bytes {
    let mut json = format!("{{\"type\":\"joined\",\"member\":\"{member}\"");
    if let Some(members) = members {
        json.push_str(",\"members\":");
        list(&mut json, members);
    }
    json.push('}');
    json.into()
}

/// To a client that may not be in the channel, or no longer.
pub(super) fn refused() -> Bytes {
    let mut json = b"{\"type\":\"refused\",\"message\":".to_vec();
    write_text_json(MISSING_CHANNEL, &mut json);
    json.push(b'}');
    json.into()
}

/// Who came, changed and went.
pub(super) fn differences(differences: &Differences) -> Bytes {
    let Differences {
        joined,
        updated,
        left,
    } = differences;
    let mut json = "{\"type\":\"presence\",\"joined\":".to_owned();
    list(&mut json, joined.iter());
    json.push_str(",\"updated\":");
    list(&mut json, updated.iter());
    json.push_str(",\"left\":");
    let left: Vec<Arc<str>> = left.iter().map(|id| format!("\"{id}\"").into()).collect();
    list(&mut json, left.iter());
    json.push('}');
    json.into()
}

/// What somebody sent; the payload is JSON. `member` where the sender is one.
pub(super) fn sent(event: &str, payload: &str, member: Option<&str>, shown: &Shown) -> Bytes {
    let mut json = b"{\"type\":\"message\",\"event\":".to_vec();
    write_text_json(event, &mut json);
    json.extend_from_slice(b",\"payload\":");
    json.extend_from_slice(payload.as_bytes());
    let member = member.map(|id| format!(",\"member\":\"{id}\""));
    let from = member.unwrap_or_default() + &shown.0;
    let from = from.strip_prefix(',').unwrap_or_default();
    json.extend_from_slice(format!(",\"from\":{{{from}}}}}").as_bytes());
    json.into()
}

fn list<'m>(json: &mut String, items: impl Iterator<Item = &'m Arc<str>>) {
    json.push('[');
    for (place, item) in items.enumerate() {
        if place > 0 {
            json.push(',');
        }
        json.push_str(item);
    }
    json.push(']');
}

fn text(json: Vec<u8>) -> String {
    // What it is made of is text.
    String::from_utf8(json).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    fn parsed(bytes: &Bytes) -> Json {
        assert!(!bytes.contains(&b'\n'));
        serde_json::from_slice(bytes).unwrap()
    }

    #[test]
    fn messages_are_json_whatever_is_in_them() {
        let ann = member(
            "a1",
            r#"{"type":"refused"}"#,
            &Shown(",\"collection\":\"m\"".into()),
        );
        let listed = json!({"id": "a1", "state": {"type": "refused"}, "collection": "m"});
        assert_eq!(
            parsed(&joined("a1", Some([&ann, &ann].into_iter()))),
            json!({"type": "joined", "member": "a1", "members": [listed, listed]})
        );
        assert_eq!(
            parsed(&joined("a1", None::<std::slice::Iter<'_, Arc<str>>>)),
            json!({"type": "joined", "member": "a1"})
        );
        let changes = Differences {
            joined: vec![Arc::clone(&ann)],
            updated: Vec::new(),
            left: vec!["x".into(), "y".into()],
        };
        assert_eq!(
            parsed(&differences(&changes)),
            json!({"type": "presence", "joined": [listed], "updated": [], "left": ["x", "y"]})
        );
        assert_eq!(parsed(&refused())["type"], "refused");
        let event = "\n\",\"type\":\"presence\"";
        let shown = Shown(",\"collection\":\"m\",\"record\":\"r\"".into());
        assert_eq!(
            parsed(&sent(event, "[1]", Some("a1"), &shown)),
            json!({"type": "message", "event": event, "payload": [1],
                   "from": {"member": "a1", "collection": "m", "record": "r"}})
        );
        let nobody = parsed(&sent("e", "null", None, &Shown::default()));
        assert_eq!(nobody["from"], json!({}));
    }
}
