//! Who is present in one channel, and what everybody was told of that.
//!
//! - What was told and what holds are kept apart: whoever joins is shown what was told, and gets
//!   the same differences as everybody else from then on. So that list and the differences are
//!   always what holds, whatever was left out between two of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use luge_model::limits::PRESENCE_MEMBERS_MAX;

/// The members that are listed, each as JSON, by their ids.
#[derive(Debug, Default)]
pub(super) struct Presence {
    listed: BTreeMap<Arc<str>, Arc<str>>,
    told: BTreeMap<Arc<str>, Arc<str>>,
    changed: BTreeSet<Arc<str>>,
}

/// What became of who is present since that was told last.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Differences {
    /// New members, as JSON.
    pub(super) joined: Vec<Arc<str>>,
    /// Members that are listed otherwise now, as JSON.
    pub(super) updated: Vec<Arc<str>>,
    /// The ids of those who left.
    pub(super) left: Vec<Arc<str>>,
}

impl Presence {
    /// Lists a member, or lists it otherwise; `false` where there are too many.
    pub(super) fn list(&mut self, member: &Arc<str>, shown: Arc<str>) -> bool {
        match self.listed.get(member) {
            Some(known) if *known == shown => return true,
            None if self.listed.len() >= PRESENCE_MEMBERS_MAX => return false,
            _ => {}
        }
        self.listed.insert(Arc::clone(member), shown);
        self.changed.insert(Arc::clone(member));
        true
    }

    /// Lists a member no longer.
    pub(super) fn withdraw(&mut self, member: &Arc<str>) {
        if self.listed.remove(member).is_some() {
            self.changed.insert(Arc::clone(member));
        }
    }

    /// Whether there may be something to tell.
    pub(super) fn has_changed(&self) -> bool {
        !self.changed.is_empty()
    }

    /// The members as everybody knows them.
    pub(super) fn told(&self) -> impl Iterator<Item = &Arc<str>> {
        self.told.values()
    }

    /// What is to be told, which counts as told from now on; `None` where that is nothing.
    pub(super) fn take_differences(&mut self) -> Option<Differences> {
        let mut differences = Differences::default();
        for member in std::mem::take(&mut self.changed) {
            let before = self.told.get(&member);
            match self.listed.get(&member) {
                None if before.is_none() => {}
                None => {
                    self.told.remove(&member);
                    differences.left.push(member);
                }
                Some(shown) if before == Some(shown) => {}
                Some(shown) => {
                    let into = match before {
                        None => &mut differences.joined,
                        Some(_) => &mut differences.updated,
                    };
                    into.push(Arc::clone(shown));
                    self.told.insert(member, Arc::clone(shown));
                }
            }
        }
        (differences != Differences::default()).then_some(differences)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What happens in a channel; members are numbers, and so is what they show.
    #[derive(Clone, Debug)]
    enum Step {
        List(u8, u8),
        Withdraw(u8),
        Tell,
        /// Somebody begins to listen.
        Listen,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => (0..6_u8, 0..3_u8).prop_map(|(member, shown)| Step::List(member, shown)),
            3 => (0..6_u8).prop_map(Step::Withdraw),
            2 => Just(Step::Tell),
            1 => Just(Step::Listen),
        ]
    }

    fn id(member: u8) -> Arc<str> {
        member.to_string().into()
    }

    fn shown(member: u8, state: u8) -> Arc<str> {
        format!("{member}:{state}").into()
    }

    type Known = BTreeMap<Arc<str>, Arc<str>>;

    fn member_of(shown: &str) -> Arc<str> {
        shown.split(':').next().unwrap().into()
    }

    /// A strict reader: it stops at a difference that cannot be.
    fn hear(known: &mut Known, differences: &Differences) {
        for one in &differences.joined {
            assert!(known.insert(member_of(one), Arc::clone(one)).is_none());
        }
        for one in &differences.updated {
            let before = known.insert(member_of(one), Arc::clone(one));
            assert!(before.is_some_and(|before| before != *one));
        }
        for member in &differences.left {
            assert!(known.remove(member).is_some());
        }
    }

    proptest! {
        #[test]
        fn the_list_and_the_differences_are_the_members(
            steps in prop::collection::vec(step(), 0..80)
        ) {
            let mut presence = Presence::default();
            let mut members = Known::new();
            let mut listeners: Vec<Known> = Vec::new();
            for step in steps.into_iter().chain([Step::Listen, Step::Tell]) {
                match step {
                    Step::List(member, state) => {
                        prop_assert!(presence.list(&id(member), shown(member, state)));
                        members.insert(id(member), shown(member, state));
                    }
                    Step::Withdraw(member) => {
                        presence.withdraw(&id(member));
                        members.remove(&id(member));
                    }
                    Step::Listen => {
                        let told = presence.told();
                        let told = told.map(|one| (member_of(one), Arc::clone(one)));
                        listeners.push(told.collect());
                    }
                    Step::Tell => {
                        let differences = presence.take_differences().unwrap_or_default();
                        for known in &mut listeners {
                            hear(known, &differences);
                            prop_assert_eq!(&*known, &members);
                        }
                        prop_assert!(!presence.has_changed());
                        prop_assert_eq!(presence.take_differences(), None);
                    }
                }
            }
            prop_assert!(listeners.iter().all(|known| *known == members));
        }
    }

    #[test]
    fn what_cancels_out_is_not_told() {
        let mut presence = Presence::default();
        presence.list(&id(1), shown(1, 0));
        presence.withdraw(&id(1));
        assert_eq!(presence.take_differences(), None);
        presence.list(&id(1), shown(1, 0));
        assert!(presence.take_differences().is_some());
        presence.withdraw(&id(1));
        presence.list(&id(1), shown(1, 0));
        presence.list(&id(1), shown(1, 1));
        presence.list(&id(1), shown(1, 0));
        assert_eq!(presence.take_differences(), None);
    }

    #[test]
    fn as_many_are_listed_as_there_may_be() {
        let mut presence = Presence::default();
        let member = |number: usize| Arc::from(number.to_string());
        for number in 0..PRESENCE_MEMBERS_MAX {
            assert!(presence.list(&member(number), "x".into()));
        }
        assert!(!presence.list(&member(PRESENCE_MEMBERS_MAX), "x".into()));
        assert!(presence.list(&member(0), "y".into()));
        presence.withdraw(&member(0));
        assert!(presence.list(&member(PRESENCE_MEMBERS_MAX), "x".into()));
        let told = presence.take_differences().unwrap();
        assert_eq!(told.joined.len(), PRESENCE_MEMBERS_MAX);
    }
}
