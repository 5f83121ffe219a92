//! Topics with those who subscribed to them, found by what a change concerns.

use std::collections::HashMap;
use std::sync::Arc;

use super::client::Client;
use super::topic::Topic;

/// A topic with those who subscribed to it.
#[derive(Clone)]
pub(super) struct Subscribed {
    pub(super) topic: Arc<Topic>,
    pub(super) clients: Arc<Vec<Arc<Client>>>,
    /// Its place among the topics that one change concerns.
    pub(super) rank: u64,
}

/// Which targets a change concerns: the collection by id or name, and all its records or this one.
pub(super) type Targets = [String; 6];

#[derive(Default)]
pub(super) struct Topics {
    /// By the text with options.
    by_text: HashMap<Arc<str>, Known>,
    /// The texts of topics by what stands before their options, in the order of their digests.
    by_target: HashMap<Box<str>, Vec<(u64, Arc<str>)>>,
}

struct Known {
    topic: Arc<Topic>,
    clients: Arc<Vec<Arc<Client>>>,
}

impl Topics {
    /// Adds one topic of a client; `None` where the client has it already.
    pub(super) fn add(&mut self, client: &Arc<Client>, topic: &Arc<Topic>) -> Option<Arc<str>> {
        let text = match self.by_text.get(&topic.text) {
            Some(known) => Arc::clone(&known.topic.text),
            None => self.begin(Arc::clone(topic)),
        };
        let clients = &mut self.by_text.get_mut(&text)?.clients;
        // A topic that was named twice in one request was added last.
        if clients.last().is_some_and(|last| Arc::ptr_eq(last, client)) {
            return None;
        }
        Arc::make_mut(clients).push(Arc::clone(client));
        Some(text)
    }

    /// Removes topics of a client.
    pub(super) fn remove(&mut self, client: &Arc<Client>, texts: &[Arc<str>]) {
        for text in texts {
            let Some(known) = self.by_text.get_mut(text) else {
                continue;
            };
            Arc::make_mut(&mut known.clients).retain(|one| !Arc::ptr_eq(one, client));
            if !known.clients.is_empty() {
                continue;
            }
            let target = known.topic.target();
            if let Some(texts) = self.by_target.get_mut(target) {
                texts.retain(|(_, one)| one != text);
                if texts.is_empty() {
                    self.by_target.remove(target);
                }
            }
            self.by_text.remove(text);
        }
    }

    /// All topics.
    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<Topic>> {
        self.by_text.values().map(|known| &known.topic)
    }

    /// Those who subscribed to any of these targets, in the order of ranks.
    pub(super) fn subscribed(&self, targets: &Targets) -> Vec<Subscribed> {
        let mut found = Vec::new();
        for (kind, target) in (0_u64..).zip(targets) {
            let texts = self.by_target.get(target.as_str()).into_iter().flatten();
            found.extend(texts.filter_map(|(digest, text)| {
                let known = self.by_text.get(text)?;
                Some(Subscribed {
                    topic: Arc::clone(&known.topic),
                    clients: Arc::clone(&known.clients),
                    rank: rank(kind, *digest),
                })
            }));
        }
        found
    }

    fn begin(&mut self, topic: Arc<Topic>) -> Arc<str> {
        let text = Arc::clone(&topic.text);
        let digest = topic.digest();
        let texts = self.by_target.entry(topic.target().into()).or_default();
        let place = texts.partition_point(|(one, _)| *one < digest);
        texts.insert(place, (digest, Arc::clone(&text)));
        let clients = Arc::default();
        self.by_text
            .insert(Arc::clone(&text), Known { topic, clients });
        text
    }
}

/// Ranks do not depend on what else is subscribed to, so a client may come back with other topics.
/// There are fewer than eight kinds of targets, and the last rank of all is nobody's.
fn rank(kind: u64, digest: u64) -> u64 {
    (kind << 61) | (digest >> 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client() -> Arc<Client> {
        Arc::new(Client::new(String::new(), None, false, Box::new(|| {})))
    }

    fn topic(text: &str) -> Arc<Topic> {
        Arc::new(Topic::parse(text).unwrap())
    }

    fn targets() -> Targets {
        ["p", "id", "p/*", "id/*", "p/r", "id/r"].map(str::to_owned)
    }

    fn texts(found: &[Subscribed]) -> Vec<&str> {
        found.iter().map(|one| &*one.topic.text).collect()
    }

    #[test]
    fn ranks_ascend_and_do_not_depend_on_other_topics() {
        let mut topics = Topics::default();
        let client = client();
        let wanted = [
            "p/r?b", "p/*?x=1", "p", "p/*", "id/*", "p/*?x=2", "q/*", "p/r",
        ];
        for text in wanted {
            assert!(topics.add(&client, &topic(text)).is_some());
            assert!(topics.add(&client, &topic(text)).is_none());
        }
        let found = topics.subscribed(&targets());
        assert_eq!(found.len(), wanted.len() - 1);
        assert_eq!(texts(&found)[0], "p");
        assert!(found.windows(2).all(|pair| pair[0].rank < pair[1].rank));
        for one in &found {
            let mut alone = Topics::default();
            alone.add(&client, &one.topic);
            assert_eq!(alone.subscribed(&targets())[0].rank, one.rank);
        }
    }

    #[test]
    fn what_is_removed_is_not_found() {
        let mut topics = Topics::default();
        let (ann, bob) = (client(), client());
        let text = topics.add(&ann, &topic("p/*")).unwrap();
        topics.add(&bob, &topic("p/*"));
        topics.remove(&ann, std::slice::from_ref(&text));
        let found = topics.subscribed(&targets());
        assert!(found.len() == 1 && Arc::ptr_eq(&found[0].clients[0], &bob));
        topics.remove(&bob, &[text]);
        assert!(topics.subscribed(&targets()).is_empty());
        assert!(topics.by_target.is_empty() && topics.by_text.is_empty());
    }
}
